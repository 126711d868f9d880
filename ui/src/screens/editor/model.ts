/**
 * A pipeline while it is edited: a graph of stages, and what can be done to it. Pure: every function returns a new pipeline
 * and shares with the old one what did not change.
 *
 *     const { pipeline, refId } = addStage(empty('shop', 'Deploy'), { type: 'wait', name: 'Soak' });
 *     const renamed = renameStage(pipeline, refId, 'Wait for traffic');
 *
 * Keys that the page does not know stay as they are. What would make a graph that cannot run (a circle) throws `Refusal`,
 * which says why. How a pipeline stands on the screen is not here: that is in `graph.ts`.
 */
import type { Fields, Parameter } from '../../gate/wire';

/** A stage as a pipeline is written with. */
export interface StageConfig extends Fields {
  refId: string;
  /** The stages that it waits for. */
  requisiteStageRefIds: readonly string[];
  type: string;
  name: string;
}

/** A pipeline as it is edited. One that was never saved has no id. */
export interface Pipeline extends Fields {
  id?: string;
  name: string;
  application: string;
  index?: number;
  disabled?: boolean;
  description?: string;
  /** Whether it is a deployment strategy. */
  strategy?: boolean;
  /** `v2` where it is made of a template; undefined or `1` where it is not. */
  schema?: string;
  stages: readonly StageConfig[];
  triggers: readonly Fields[];
  parameterConfig: readonly Parameter[];
  notifications: readonly Fields[];
  expectedArtifacts: readonly Fields[];
  updateTs?: string | number;
  lastModifiedBy?: string;
}

/** That something cannot be done to a pipeline, and why. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** A pipeline with nothing in it, as upstream's page makes it. */
export function empty(application: string, name: string): Pipeline {
  return { name, application, stages: [], triggers: [], parameterConfig: [], notifications: [], expectedArtifacts: [], limitConcurrent: true, keepWaitingPipelines: false, spelEvaluator: 'v4' };
}

/**
 * The pipeline in JSON that was saved or typed. Stages' ids may be numbers there, and lists may be left out. What is no
 * pipeline is refused; what is one, but cannot run, is told by `problemsOf`.
 */
export function pipelineOf(json: unknown): Pipeline {
  if (!isFields(json)) throw new Refusal('A pipeline is an object.');
  for (const name of ['stages', 'triggers', 'parameterConfig', 'notifications', 'expectedArtifacts']) {
    const list = json[name];
    if (list !== undefined && list !== null && !(Array.isArray(list) && list.every(isFields))) throw new Refusal(`${name} is a list of objects.`);
  }
  const lists = json as Record<string, Fields[] | null | undefined>;
  return {
    ...json,
    name: text(json['name']),
    application: text(json['application']),
    stages: (lists['stages'] ?? []).map(stageOf),
    triggers: lists['triggers'] ?? [],
    parameterConfig: (lists['parameterConfig'] ?? []) as unknown as Parameter[],
    notifications: lists['notifications'] ?? [],
    expectedArtifacts: lists['expectedArtifacts'] ?? [],
  };
}

/** The stage in JSON. Without a name it is called like its type. */
export function stageOf(json: Fields, index = 0): StageConfig {
  const requisites = json['requisiteStageRefIds'];
  return {
    ...json,
    refId: json['refId'] === undefined || json['refId'] === null ? String(index + 1) : text(json['refId']),
    requisiteStageRefIds: Array.isArray(requisites) ? requisites.map(text) : [],
    type: text(json['type']),
    name: text(json['name']) || text(json['type']),
  };
}

/** The stage of this id. */
export function stage(pipeline: Pipeline, refId: string | undefined): StageConfig | undefined {
  return pipeline.stages.find((one) => one.refId === refId);
}

/** Puts the stage in the place of the one with its id. */
export function replaceStage(pipeline: Pipeline, changed: StageConfig): Pipeline {
  return { ...pipeline, stages: pipeline.stages.map((one) => (one.refId === changed.refId ? changed : one)) };
}

/** Adds a stage that waits for `after`, or for nothing. Returns its id too. */
export function addStage(pipeline: Pipeline, given: Partial<StageConfig>, after?: string): { pipeline: Pipeline; refId: string } {
  const refId = nextRefId(pipeline);
  const type = given.type ?? '';
  const added: StageConfig = { ...given, type, name: freeName(pipeline, given.name || type), refId, requisiteStageRefIds: after === undefined ? [] : [after] };
  const stages = [...pipeline.stages];
  const place = stages.findIndex((one) => one.refId === after);
  stages.splice(place < 0 ? stages.length : place + 1, 0, added);
  return { pipeline: { ...pipeline, stages }, refId };
}

/** Adds a copy of a stage that waits for what the stage waits for. Returns its id too. */
export function copyStage(pipeline: Pipeline, refId: string): { pipeline: Pipeline; refId: string } {
  const given = known(pipeline, refId);
  const added = addStage(pipeline, { ...structuredClone(given) }, refId);
  const copied = known(added.pipeline, added.refId);
  return { pipeline: replaceStage(added.pipeline, { ...copied, requisiteStageRefIds: given.requisiteStageRefIds }), refId: added.refId };
}

/** Removes a stage. What waited for it waits for what it waited for. */
export function removeStage(pipeline: Pipeline, refId: string): Pipeline {
  const gone = known(pipeline, refId);
  const rest: Pipeline = { ...pipeline, stages: pipeline.stages.filter((one) => one !== gone) };
  const stages = rest.stages.map((one) => {
    if (!one.requisiteStageRefIds.includes(refId)) return one;
    const kept = one.requisiteStageRefIds.filter((ref) => ref !== refId);
    // What a kept one waits for already need not be waited for twice.
    const added = gone.requisiteStageRefIds.filter((ref) => !kept.includes(ref) && !kept.some((before) => waitsFor(rest, before, ref)));
    return { ...one, requisiteStageRefIds: [...kept, ...added] };
  });
  return { ...rest, stages };
}

/** Makes `to` wait for `from`. */
export function connect(pipeline: Pipeline, from: string, to: string): Pipeline {
  const [before, after] = [known(pipeline, from), known(pipeline, to)];
  if (from === to) throw new Refusal(`${labelOf(after)} cannot wait for itself.`);
  if (after.requisiteStageRefIds.includes(from)) throw new Refusal(`${labelOf(after)} waits for ${labelOf(before)} already.`);
  if (waitsFor(pipeline, from, to)) throw new Refusal(`That would be a circle: ${labelOf(before)} waits for ${labelOf(after)} already.`);
  return replaceStage(pipeline, { ...after, requisiteStageRefIds: [...after.requisiteStageRefIds, from] });
}

/** Makes `to` wait for `from` no longer. */
export function disconnect(pipeline: Pipeline, from: string, to: string): Pipeline {
  const after = known(pipeline, to);
  return replaceStage(pipeline, { ...after, requisiteStageRefIds: after.requisiteStageRefIds.filter((ref) => ref !== from) });
}

/**
 * Takes a stage out of where it stands and lets it wait for `after` only, or for nothing. What waited for it waits for what
 * it waited for.
 */
export function moveAfter(pipeline: Pipeline, refId: string, after: string | undefined): Pipeline {
  const moved = known(pipeline, refId);
  if (refId === after) throw new Refusal(`${labelOf(moved)} cannot wait for itself.`);
  const without = removeStage(pipeline, refId);
  const stages = [...without.stages];
  const place = after === undefined ? -1 : stages.indexOf(known(without, after));
  stages.splice(place + 1, 0, { ...moved, requisiteStageRefIds: after === undefined ? [] : [after] });
  return { ...without, stages };
}

/** Moves a stage by so many places in the list of stages; what waits for what stays. */
export function moveStage(pipeline: Pipeline, refId: string, by: number): Pipeline {
  const from = pipeline.stages.findIndex((one) => one.refId === refId);
  const moved = known(pipeline, refId);
  const to = Math.max(0, Math.min(pipeline.stages.length - 1, from + by));
  if (to === from) return pipeline;
  const stages = pipeline.stages.filter((one) => one !== moved);
  stages.splice(to, 0, moved);
  return { ...pipeline, stages };
}

/** Calls a stage so. */
export function renameStage(pipeline: Pipeline, refId: string, name: string): Pipeline {
  return replaceStage(pipeline, { ...known(pipeline, refId), name });
}

/** Whether `refId` waits for `other`, also by way of others. */
export function waitsFor(pipeline: Pipeline, refId: string, other: string): boolean {
  return ancestors(pipeline, refId).has(other);
}

/** All that a stage waits for, also by way of others. In a circle the stage is among them. */
export function ancestors(pipeline: Pipeline, refId: string): ReadonlySet<string> {
  const byRef = new Map(pipeline.stages.map((one) => [one.refId, one]));
  const found = new Set<string>();
  const open = [...(byRef.get(refId)?.requisiteStageRefIds ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(byRef.get(next)?.requisiteStageRefIds ?? []));
  }
  return found;
}

/** What is wrong with a pipeline: it cannot be saved so, or would not run. */
export function problemsOf(pipeline: Pipeline): string[] {
  const found: string[] = [];
  if (pipeline.name.trim() === '') found.push('The pipeline has no name.');
  if (pipeline.application.trim() === '') found.push('The pipeline names no application.');
  const refs = new Set<string>();
  for (const { refId } of pipeline.stages) {
    if (refs.has(refId)) found.push(`Two stages have the refId ${refId}.`);
    refs.add(refId);
  }
  for (const one of pipeline.stages) {
    if (one.type === '') found.push(`${labelOf(one)} has no type.`);
    for (const ref of one.requisiteStageRefIds) if (!refs.has(ref)) found.push(`${labelOf(one)} waits for the stage ${ref}, which is not there.`);
  }
  const circle = pipeline.stages.filter((one) => waitsFor(pipeline, one.refId, one.refId));
  if (circle.length > 0) found.push(`These stages wait for one another in a circle: ${circle.map(labelOf).join(', ')}.`);
  return found;
}

/** What a stage is called on the screen. */
export function labelOf(one: Pick<StageConfig, 'name' | 'type' | 'refId'>): string {
  return one.name || one.type || `Stage ${one.refId}`;
}

/** Stages so that each comes after all that it waits for; else in their own order. Those in a circle come last. */
export function inOrder(pipeline: Pipeline): StageConfig[] {
  const done = new Set<string>();
  const there = new Set(pipeline.stages.map(({ refId }) => refId));
  const order: StageConfig[] = [];
  let rest = [...pipeline.stages];
  while (rest.length > 0) {
    const ready = rest.filter((one) => one.requisiteStageRefIds.every((ref) => done.has(ref) || !there.has(ref)));
    if (ready.length === 0) return [...order, ...rest];
    order.push(...ready);
    for (const { refId } of ready) done.add(refId);
    rest = rest.filter((one) => !done.has(one.refId));
  }
  return order;
}

function known(pipeline: Pipeline, refId: string): StageConfig {
  const found = stage(pipeline, refId);
  if (!found) throw new Refusal(`There is no stage ${refId}.`);
  return found;
}

function nextRefId(pipeline: Pipeline): string {
  const numbers = pipeline.stages.map(({ refId }) => Number(refId)).filter((number) => Number.isSafeInteger(number));
  return String(Math.max(0, ...numbers) + 1);
}

/** The name, with a number if a stage has it already: expressions find stages by their names. */
function freeName(pipeline: Pipeline, name: string): string {
  const taken = new Set(pipeline.stages.map((one) => one.name));
  if (!taken.has(name)) return name;
  const stem = name.replace(/ \d+$/, '');
  for (let number = 2; ; number += 1) if (!taken.has(`${stem} ${number}`)) return `${stem} ${number}`;
}

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function text(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}
