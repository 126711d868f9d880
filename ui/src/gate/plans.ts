/** What something would do, before it is done. A gate that does not plan ahead (upstream's) has no answer: then `undefined`. */
import type { Plan } from './cloud';
import { GateError } from './errors';
import { post } from './http';
import type { Fields } from './wire';

/** An operation on a cloud: its name, and what it is done to. */
export type Operation = Readonly<Record<string, Fields>>;

/** The stages and steps that these jobs of a task would have. */
export function planOfJobs(application: string, jobs: readonly Fields[], signal?: AbortSignal): Promise<Plan | undefined> {
  const stages = jobs.map((job, index) => ({
    ...job,
    refId: String(index),
    requisiteStageRefIds: index === 0 ? [] : [String(index - 1)],
    name: job['type'],
  }));
  return orNothing(post<Plan>('/pipelines/plan', { application, name: 'task', trigger: { type: 'manual' }, stages }, { signal }));
}

/** What a cloud would change, an answer for each operation. */
export function planOfOperations(provider: string, operations: readonly Operation[], signal?: AbortSignal): Promise<Plan[] | undefined> {
  if (operations.length === 0) return Promise.resolve(undefined);
  return orNothing(post<Plan[]>('/ops/plan', operations, { signal, query: { cloudProvider: provider } }));
}

async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GateError && (error.kind === 'missing' || error.kind === 'unsupported' || error.status === 405)) return undefined;
    throw error;
  }
}
