/** Two runs side by side: what they were started with, and how each stage went. */
import type { Execution, Stage } from '../../gate/wire';
import { textOf } from './parameters';

/** A stage in both runs; undefined where a run has no such stage. */
export interface StagePair {
  readonly name: string;
  readonly left?: Stage;
  readonly right?: Stage;
  /** Whether it ended in another way. */
  readonly differs: boolean;
}

/** A parameter in both runs. */
export interface ParameterPair {
  readonly name: string;
  readonly left: string;
  readonly right: string;
  readonly differs: boolean;
}

/** The stages of the pipeline, paired by their reference, those that only the right run has at the end. */
export function stagePairs(left: Execution, right: Execution): StagePair[] {
  const own = (run: Execution): Stage[] => run.stages.filter((stage) => !stage.parentStageId);
  const keyOf = (stage: Stage): string => stage.refId ?? stage.name;
  const others = new Map(own(right).map((stage) => [keyOf(stage), stage]));
  const pairs = own(left).map((stage): StagePair => {
    const other = others.get(keyOf(stage));
    others.delete(keyOf(stage));
    return { name: stage.name, left: stage, ...(other ? { right: other } : {}), differs: stage.status !== other?.status || stage.type !== other.type };
  });
  return [...pairs, ...[...others.values()].map((stage) => ({ name: stage.name, right: stage, differs: true }))];
}

/** The parameters of both, those that differ first. */
export function parameterPairs(left: Execution, right: Execution): ParameterPair[] {
  const [one, other] = [left.trigger.parameters ?? {}, right.trigger.parameters ?? {}];
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const pairs = names.map((name) => {
    const [before, after] = [textOf(one[name]), textOf(other[name])];
    return { name, left: before, right: after, differs: before !== after };
  });
  return pairs.toSorted((a, b) => Number(b.differs) - Number(a.differs));
}

/** How long a stage took, if it is over. */
export function tookOf(stage: Stage | undefined): number | undefined {
  return stage?.startTime && stage.endTime ? stage.endTime - stage.startTime : undefined;
}
