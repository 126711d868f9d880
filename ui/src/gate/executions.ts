/** Runs of pipelines: lists, one, and what steers it. */
import { queryOptions } from '@tanstack/react-query';

import { client } from './client';
import { get, patch, path, post, put, remove } from './http';
import { idOf, type Execution, type Fields, type Reference } from './wire';

/** How many runs of each pipeline the list has. */
export const SHOWN_EACH = [1, 2, 5, 10, 20, 50] as const;

/** The newest runs of each of an application's pipelines; their stages come without context. */
export function executions(application: string, each: number) {
  return queryOptions({
    queryKey: ['executions', application, each],
    queryFn: ({ signal }) => list(application, { limit: each }, signal),
  });
}

/** What goes on in an application now. */
export function running(application: string) {
  return queryOptions({
    queryKey: ['running', application],
    queryFn: ({ signal }) =>
      list(application, { limit: 30, statuses: 'RUNNING,SUSPENDED,PAUSED,NOT_STARTED' }, signal),
  });
}

function list(application: string, query: Fields & { limit: number }, signal: AbortSignal): Promise<Execution[]> {
  const all = { ...query, expand: false } as Record<string, string | number | boolean>;
  return get<Execution[]>(path('applications', application, 'pipelines'), { signal, query: all });
}

/** The newest runs of one pipeline, whole. */
export function executionsOf(pipelineConfigId: string, limit: number) {
  return queryOptions({
    queryKey: ['executionsOf', pipelineConfigId, limit],
    queryFn: ({ signal }) => get<Execution[]>('/executions', { signal, query: { pipelineConfigIds: pipelineConfigId, limit } }),
  });
}

/** One run; with `at` as it was at that moment, in epoch milliseconds. */
export function execution(id: string, at?: number) {
  return queryOptions({
    queryKey: ['execution', id, at ?? 'now'],
    queryFn: ({ signal }) => get<Execution>(path('pipelines', id), { signal, query: { at } }),
  });
}

/** Starts a pipeline by its name or id and returns the run's id. */
export async function startPipeline(application: string, pipeline: string, trigger: Fields): Promise<string> {
  return idOf(await post<Reference>(path('pipelines', 'v2', application, pipeline), trigger));
}

/** Asks for a run to be cancelled; `force` ends it at once and undoes nothing. */
export async function cancelExecution(id: string, reason: string, force: boolean): Promise<void> {
  await put(path('pipelines', id, 'cancel'), undefined, { query: { reason, force: force || undefined } });
  await changed(id);
}

/** Holds a run before its next stage. */
export async function pauseExecution(id: string): Promise<void> {
  await put(path('pipelines', id, 'pause'));
  await changed(id);
}

/** Lets it go on. */
export async function resumeExecution(id: string): Promise<void> {
  await put(path('pipelines', id, 'resume'));
  await changed(id);
}

/** Deletes a run. */
export async function deleteExecution(id: string): Promise<void> {
  await remove(path('pipelines', id));
  client.removeQueries({ queryKey: ['execution', id] });
  await client.invalidateQueries({ queryKey: ['executions'] });
}

/** Runs a stage, and what follows it, once more. */
export async function restartStage(id: string, stage: string): Promise<void> {
  await put(path('pipelines', id, 'stages', stage, 'restart'), { skip: false });
  await changed(id);
}

/** Puts these fields into the context of a stage that runs: how judgments are answered and waits are skipped. */
export async function patchStage(id: string, stage: string, fields: Fields): Promise<void> {
  await patch(path('pipelines', id, 'stages', stage), fields);
  await changed(id);
}

async function changed(id: string): Promise<void> {
  await client.invalidateQueries({ queryKey: ['execution', id] });
}

/**
 * Puts a run that changed into every list that has a place for it, and into what shows it alone. A list is kept in
 * gate's order: the newest first, `each` of each pipeline.
 */
export function remember(now: Execution): void {
  client.setQueriesData<Execution>({ queryKey: ['execution', now.id, 'now'] }, () => now);
  const listed = inList(now);
  for (const [key, known] of client.getQueriesData<Execution[]>({ queryKey: ['executions', now.application] })) {
    if (known) client.setQueryData(key, placed(known, listed, Number(key[2])));
  }
}

/** The run as lists have it: what its stages work with, which may be megabytes, is not kept for a row. */
function inList(run: Execution): Execution {
  return { ...run, stages: run.stages.map((stage) => ({ ...stage, context: {}, outputs: {}, tasks: [] })) };
}

/** The list with the run in its place. */
export function placed(list: readonly Execution[], now: Execution, each: number): Execution[] {
  if (list.some((one) => one.id === now.id)) return list.map((one) => (one.id === now.id ? now : one));
  const born = (one: Execution): number => one.buildTime ?? one.startTime ?? 0;
  const own = list.filter((one) => one.pipelineConfigId === now.pipelineConfigId);
  const oldest = own.toSorted((one, other) => born(one) - born(other))[0];
  const full = own.length >= each;
  if (full && oldest && born(oldest) > born(now)) return [...list];
  return [now, ...list.filter((one) => !full || one !== oldest)];
}
