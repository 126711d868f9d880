/**
 * Pipelines and deployment strategies as they are saved: `/applications/{application}/pipelineConfigs`, `/pipelines`, and the
 * same with `strategyConfigs` and `strategies`. A strategy is a pipeline with `strategy: true`.
 */
import { queryOptions } from '@tanstack/react-query';

import { client } from './client';
import { GateError } from './errors';
import { get, path, post, remove } from './http';
import type { Plan } from './plan';
import type { Fields, PipelineConfig } from './wire';

/** A pipeline to be saved; one without an id is made. */
export type Saving = Fields & { id?: string; application: string; name: string; strategy?: boolean };

/** How many versions a history has at most. */
const VERSIONS = 100;

/** What front50 says of a save that is not made of the newest version, or that another one overtakes. */
const STALE = /(pipeline|strategy) is stale|saved by somebody else at this moment/;

/** An application's pipelines, in their order. */
export function pipelineConfigs(application: string) {
  return queryOptions({
    queryKey: ['pipelineConfigs', application],
    queryFn: async ({ signal }) => inOrder(await get<PipelineConfig[]>(path('applications', application, 'pipelineConfigs'), { signal })),
    staleTime: 15_000,
  });
}

/** An application's deployment strategies, in their order; none where gate keeps none. */
export function strategyConfigs(application: string) {
  return queryOptions({
    queryKey: ['strategyConfigs', application],
    queryFn: async ({ signal }) => inOrder(await get<PipelineConfig[]>(path('applications', application, 'strategyConfigs'), { signal })),
    staleTime: 15_000,
  });
}

/** One pipeline or strategy by its id, as it is saved now. It says when it was changed, and by whom. */
export function savedPipeline(application: string, id: string) {
  return queryOptions({
    queryKey: ['savedPipeline', application, id],
    // Whoever opens it later sees what is saved then, or that it is gone.
    gcTime: 0,
    queryFn: async ({ signal }) => {
      for (const list of ['pipelineConfigs', 'strategyConfigs']) {
        const found = (await get<PipelineConfig[]>(path('applications', application, list), { signal })).find((one) => one.id === id);
        if (found) return list === 'strategyConfigs' ? { ...found, strategy: true } : found;
      }
      throw new GateError('missing', `${application} has no pipeline with the id ${id}`, 404);
    },
  });
}

/** The versions of a pipeline, the newest first; each is whole. */
export function versions(id: string, isStrategy: boolean) {
  return queryOptions({
    queryKey: ['versions', id],
    queryFn: ({ signal }) => get<PipelineConfig[]>(path(isStrategy ? 'strategyConfigs' : 'pipelineConfigs', id, 'history'), { signal, query: { limit: VERSIONS } }),
  });
}

/**
 * Saves a pipeline, and returns it as it is kept then. `asOf` is the `updateTs` of what it was made from: a version that
 * somebody saved since is not written over, which is a conflict. Without `asOf` it is written whatever there is.
 */
export async function savePipeline(pipeline: Saving, asOf?: string | number): Promise<PipelineConfig> {
  const { application, name, id } = pipeline;
  if (id !== undefined && asOf !== undefined) {
    // Upstream's front50 writes over a newer version whatever `staleCheck` says; ours refuses it with `refuseStale`, which closes
    // the moment between this look and the save.
    const saved = await client.fetchQuery({ ...savedPipeline(application, id), staleTime: 0 });
    if (String(saved.updateTs) !== String(asOf)) throw new GateError('conflict', `${name} was saved by somebody else meanwhile`, 409);
  }
  try {
    const body = asOf === undefined ? pipeline : { ...pipeline, updateTs: asOf };
    await post(pipeline.strategy ? '/strategies' : '/pipelines', body, { query: { staleCheck: asOf !== undefined, refuseStale: asOf === undefined ? undefined : true } });
  } catch (error) {
    if (error instanceof GateError && STALE.test(error.message)) throw new GateError('conflict', error.message, error.status, error.requestId);
    throw error;
  }
  await changed(application);
  const list = pipeline.strategy ? strategyConfigs(application) : pipelineConfigs(application);
  const saved = (await client.fetchQuery({ ...list, staleTime: 0 })).find((one) => (id === undefined ? one.name === name.trim() : one.id === id));
  if (!saved) throw new GateError('failed', `${name} is not there after it was saved`, 0);
  const now = pipeline.strategy ? { ...saved, strategy: true } : saved;
  client.setQueryData(savedPipeline(application, saved.id).queryKey, now);
  return now;
}

/** Deletes a pipeline or strategy; its runs stay. */
export async function deletePipeline(application: string, name: string, isStrategy = false): Promise<void> {
  await remove(path(isStrategy ? 'strategies' : 'pipelines', application, name));
  await changed(application);
}

/** What a pipeline would do if it were started, without starting it. `pipeline` need not be saved. */
export function planPipeline(pipeline: Fields, signal?: AbortSignal): Promise<Plan> {
  return post<Plan>('/pipelines/plan', pipeline, { signal });
}

async function changed(application: string): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: ['pipelineConfigs', application] }),
    client.invalidateQueries({ queryKey: ['strategyConfigs', application] }),
    client.invalidateQueries({ queryKey: ['versions'] }),
  ]);
}

function inOrder(all: readonly PipelineConfig[]): PipelineConfig[] {
  return all.toSorted((one, other) => (one.index ?? Infinity) - (other.index ?? Infinity) || one.name.localeCompare(other.name));
}
