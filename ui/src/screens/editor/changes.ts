/**
 * What two versions of a pipeline differ in, in words; and what two people changed put together. Pure.
 *
 * Stages, triggers and the like are compared one by one (stages by their `refId`, triggers and parameters by their `id` or
 * `name`); everything else by the field.
 */
import type { Fields } from '../../gate/wire';
import { isolated, sentence } from '../../parts/sentence';
import { labelOf, type Pipeline, pipelineOf, problemsOf, type StageConfig } from './model';

/** Fields that say when and by whom it was saved, not what it does. */
const ABOUT = new Set(['updateTs', 'createTs', 'lastModifiedBy', 'lastModified', 'index', 'schema']);
const MISSING = Symbol('missing');

/** Whether they say the same; the order of fields does not matter. */
export function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) && Array.isArray(other)) return one.length === other.length && one.every((part, index) => same(part, other[index]));
  if (!isFields(one) || !isFields(other)) return false;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => name in other && same(one[name], other[name]));
}

/** Whether two versions of a pipeline do the same. */
export function isUnchanged(one: Pipeline, other: Pipeline): boolean {
  return one === other || same(compared(one), compared(other));
}

/** What `other` changes of `one`, a sentence a change. */
export function changes(one: Pipeline, other: Pipeline): string[] {
  const found: string[] = [];
  const before = new Map(one.stages.map((stage) => [stage.refId, stage]));
  const after = new Map(other.stages.map((stage) => [stage.refId, stage]));
  for (const stage of other.stages) {
    const old = before.get(stage.refId);
    if (!old) found.push(sentence`The stage ${labelOf(stage)} is added.`);
    else if (!same(old, stage)) found.push(ofStage(old, stage, before, after));
  }
  for (const stage of one.stages) if (!after.has(stage.refId)) found.push(sentence`The stage ${labelOf(stage)} is removed.`);
  const order = (pipeline: Pipeline, there: Map<string, StageConfig>): string => pipeline.stages.filter(({ refId }) => there.has(refId)).map(({ refId }) => refId).join();
  if (order(one, after) !== order(other, before)) found.push('The stages stand in another order.');
  for (const name of fieldsOf(one, other)) {
    if (name === 'stages' || same(one[name], other[name])) continue;
    if (name === 'name') found.push(sentence`It is called ${other.name}; it was called ${one.name}.`);
    else if (name === 'disabled') found.push(other.disabled ? 'It is disabled.' : 'It is enabled.');
    else found.push(`${WORDS[name] ?? name} ${isMany(name) ? 'are' : 'is'} changed.`);
  }
  return found;
}

const WORDS: Record<string, string> = {
  triggers: 'The triggers',
  parameterConfig: 'The parameters',
  notifications: 'The notifications',
  expectedArtifacts: 'The expected artifacts',
  description: 'The description',
};

function isMany(name: string): boolean {
  return name in WORDS && name !== 'description';
}

function ofStage(old: StageConfig, now: StageConfig, before: ReadonlyMap<string, StageConfig>, after: ReadonlyMap<string, StageConfig>): string {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => !same(old[name], now[name]));
  const parts = names.map((name) => {
    if (name === 'name') return sentence`it was called ${labelOf(old)}`;
    if (name === 'requisiteStageRefIds') {
      const refs = now.requisiteStageRefIds.map((ref) => labelOf(after.get(ref) ?? before.get(ref) ?? { name: '', type: '', refId: ref }));
      return `it waits for ${refs.length === 0 ? 'nothing' : refs.map(isolated).join(', ')}`;
    }
    return name;
  });
  return `The stage ${isolated(labelOf(now))} is changed: ${parts.join(', ')}.`;
}

/** What came of putting two changes together. */
export type Merge = { readonly pipeline: Pipeline } | { readonly both: readonly string[] };

/**
 * What `mine` and `theirs` made of `base`, put together. Where both changed the same thing in different ways, `both` names it
 * and nothing is put together.
 */
export function merge(base: Pipeline, mine: Pipeline, theirs: Pipeline): Merge {
  const both: string[] = [];
  const merged: Fields = {};
  for (const name of new Set([...Object.keys(theirs), ...fieldsOf(base, mine)])) {
    // What says when it was saved is theirs.
    if (ABOUT.has(name)) {
      if (name in theirs) merged[name] = theirs[name];
      continue;
    }
    const key = LISTS[name];
    const value =
      key === undefined
        ? three(at(base, name), at(mine, name), at(theirs, name), () => both.push(name))
        : mergeLists(listOf(base[name]), listOf(mine[name]), listOf(theirs[name]), key, (what) => both.push(sentence`${name === 'stages' ? 'the stage' : name} ${what}`));
    if (value !== MISSING) merged[name] = value;
  }
  if (both.length > 0) return { both };
  const pipeline = pipelineOf(merged);
  const problems = problemsOf(pipeline);
  return problems.length > 0 ? { both: problems } : { pipeline };
}

/** Lists whose parts are compared one by one, and how a part is found again. */
const LISTS: Record<string, (part: Fields) => string> = {
  stages: (part) => String(part['refId']),
  triggers: (part) => (part['id'] === undefined ? JSON.stringify(part) : String(part['id'])),
  parameterConfig: (part) => String(part['name']),
  expectedArtifacts: (part) => String(part['id']),
  notifications: (part) => JSON.stringify(part),
};

function mergeLists(base: readonly Fields[], mine: readonly Fields[], theirs: readonly Fields[], keyOf: (part: Fields) => string, onBoth: (what: string) => void): Fields[] {
  const by = (list: readonly Fields[]): Map<string, Fields> => new Map(list.map((part) => [keyOf(part), part]));
  const [was, own, other] = [by(base), by(mine), by(theirs)];
  // Their order, with mine added where I have it: after the one that stands before it.
  const order = [...other.keys()];
  let before = -1;
  for (const key of own.keys()) {
    const place = order.indexOf(key);
    if (place < 0) order.splice(before + 1, 0, key);
    before = place < 0 ? before + 1 : place;
  }
  return order.flatMap((key) => {
    const part = three(was.get(key) ?? MISSING, own.get(key) ?? MISSING, other.get(key) ?? MISSING, () => onBoth(nameOf(own.get(key) ?? other.get(key) ?? {}, key)));
    return part === MISSING ? [] : [part as Fields];
  });
}

function three(base: unknown, mine: unknown, theirs: unknown, onBoth: () => void): unknown {
  if (same(mine, theirs) || same(base, theirs)) return mine;
  if (!same(base, mine)) onBoth();
  return theirs;
}

function nameOf(part: Fields, key: string): string {
  return typeof part['name'] === 'string' && part['name'] !== '' ? part['name'] : key;
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? (value as Fields[]) : [];
}

function at(pipeline: Pipeline, name: string): unknown {
  return pipeline[name] === undefined ? MISSING : pipeline[name];
}

function fieldsOf(one: Pipeline, other: Pipeline): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => !ABOUT.has(name));
}

function compared(pipeline: Pipeline): Fields {
  return Object.fromEntries(Object.entries(pipeline).filter(([name, value]) => !ABOUT.has(name) && value !== undefined));
}

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
