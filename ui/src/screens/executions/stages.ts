/**
 * The stages of an execution as people think of them: those that were written into the pipeline, each with the stages that
 * orca put before and after its work, and how it is as a whole.
 */
import type { Stage, Status } from '../../gate/wire';
import { type Tone, toneOf, wordOf } from '../../parts/Status';

/** A stage of the pipeline with what belongs to it. */
export interface StageGroup {
  readonly stage: Stage;
  /** Its place among the pipeline's stages: what upstream's links call `stage`. */
  readonly index: number;
  /** It and all below it, in the order in which they run: what upstream's links call `step`. */
  readonly steps: readonly Stage[];
  /** How it looks: a judgment that waits is no stage that works. */
  readonly tone: Tone;
}

/** The stages of the pipeline, in the order in which they were written. */
export function groupsOf(stages: readonly Stage[]): StageGroup[] {
  const children = new Map<string, Stage[]>();
  for (const stage of stages) {
    if (!stage.parentStageId) continue;
    const siblings = children.get(stage.parentStageId);
    if (siblings) siblings.push(stage);
    else children.set(stage.parentStageId, [stage]);
  }
  return stages
    .filter((stage) => !stage.parentStageId)
    .map((stage, index) => ({ stage, index, steps: stepsOf(stage, children), tone: toneOfStage(stage) }));
}

function stepsOf(stage: Stage, children: ReadonlyMap<string, readonly Stage[]>): Stage[] {
  const own = inOrder(children.get(stage.id) ?? []);
  const before = own.filter((child) => child.syntheticStageOwner !== 'STAGE_AFTER');
  const after = own.filter((child) => child.syntheticStageOwner === 'STAGE_AFTER');
  const below = (child: Stage): Stage[] => stepsOf(child, children);
  return [...before.flatMap(below), stage, ...after.flatMap(below)];
}

/** Each after those that it waits for; a circle, which cannot be, ends. */
function inOrder(stages: readonly Stage[]): Stage[] {
  const byRef = new Map(stages.map((stage) => [stage.refId, stage]));
  const placed = new Set<Stage>();
  const place = (stage: Stage, depth: number): void => {
    if (placed.has(stage) || depth > stages.length) return;
    for (const ref of stage.requisiteStageRefIds ?? []) {
      const before = byRef.get(ref);
      if (before) place(before, depth + 1);
    }
    placed.add(stage);
  };
  for (const stage of stages) place(stage, 0);
  return [...placed];
}

/** How a stage looks. */
export function toneOfStage(stage: Stage): Tone {
  return stage.status === 'RUNNING' && isWaiting(stage.type) ? 'waiting' : toneOf(stage.status);
}

/** How a stage is, in a word: a judgment that runs is said to wait, as its run is. */
export function wordOfStage(stage: Stage): string {
  return stage.type === 'manualJudgment' && stage.status === 'RUNNING' ? 'Awaits judgment' : wordOf(stage.status);
}

/** Whether a running stage of this type only waits: for a person, or for time to pass. */
export function isWaiting(type: string): boolean {
  return type === 'manualJudgment' || type === 'wait' || type === 'restrictExecutionDuringTimeWindow';
}

/** The group that a link means: upstream's by place, by `refId` or by the id of any of its stages. */
export function chosenGroup(
  groups: readonly StageGroup[],
  link: { readonly stage?: string; readonly refId?: string; readonly stageId?: string },
): StageGroup | undefined {
  if (link.stageId !== undefined) return groups.find(({ steps }) => steps.some((step) => step.id === link.stageId));
  if (link.refId !== undefined) return groups.find(({ stage }) => stage.refId === link.refId);
  const index = Number(link.stage);
  return link.stage !== undefined && Number.isInteger(index) ? groups[index] : undefined;
}

/** The group to look at first: what failed, waits or runs, else the first. */
export function interestingGroup(groups: readonly StageGroup[]): StageGroup | undefined {
  const first = (...tones: Tone[]): StageGroup | undefined => groups.find(({ tone }) => tones.includes(tone));
  return first('bad') ?? first('waiting') ?? first('running') ?? first('stopped') ?? groups[0];
}

/** What a stage says that it failed with. */
export function failuresOf(stage: Stage): string[] {
  const found: string[] = [];
  const add = (text: unknown): void => {
    if (typeof text === 'string' && text.trim() !== '' && !found.includes(text)) found.push(text);
  };
  const details = (stage.context['exception'] as { details?: { errors?: unknown; error?: unknown } } | undefined)?.details;
  if (Array.isArray(details?.errors)) details.errors.forEach(add);
  if (found.length === 0) add(details?.error);
  if (stage.status !== 'SUCCEEDED') add(stage.context['failureMessage']);
  const kato = (stage.context['kato.tasks'] as { exception?: { message?: unknown } }[] | undefined)?.at(-1);
  add(kato?.exception?.message);
  return found;
}

/** An expression that could not be evaluated. */
export interface ExpressionFailure {
  readonly expression: string;
  readonly reasons: readonly string[];
}

/** What expressions of a stage could not be evaluated, and why. */
export function expressionFailures(stage: Stage): ExpressionFailure[] {
  const summary = stage.context['expressionEvaluationSummary'];
  if (summary === null || typeof summary !== 'object') return [];
  return Object.entries(summary as Record<string, unknown>).flatMap(([expression, entries]) => {
    if (!Array.isArray(entries)) return [];
    const bad = entries.filter((entry: { level?: unknown }) => entry.level === 'ERROR');
    const reasons = bad.map((entry: { description?: unknown }) => String(entry.description ?? ''));
    return reasons.length === 0 ? [] : [{ expression, reasons: [...new Set(reasons)] }];
  });
}

/** Statuses after which nothing more happens by itself. */
const OVER: ReadonlySet<Status> = new Set(['SUCCEEDED', 'TERMINAL', 'CANCELED', 'STOPPED', 'FAILED_CONTINUE', 'SKIPPED']);

/** Whether it is over. */
export function isOver(status: Status): boolean {
  return OVER.has(status);
}

/** Whether the stage can be run once more: it is over, and the execution is not in the middle of something else there. */
export function isRestartable(stage: Stage): boolean {
  return !stage.parentStageId && (stage.status === 'TERMINAL' || stage.status === 'CANCELED' || stage.status === 'STOPPED' || stage.status === 'FAILED_CONTINUE' || stage.status === 'SUCCEEDED');
}
