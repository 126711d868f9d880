/** Search over names: `/search`, and what it has not: pipelines by name, and runs by id. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { GateError } from './errors';
import { get, path } from './http';
import type { Execution, Task } from './wire';

/** The kinds of infrastructure that gate finds by name. */
export type FoundKind = 'clusters' | 'serverGroups' | 'instances' | 'loadBalancers' | 'securityGroups';

/** One thing that was found; which of the names it has depends on its kind. */
export interface Found {
  type: string;
  provider?: string;
  application?: string | null;
  account?: string;
  region?: string;
  cluster?: string;
  serverGroup?: string;
  instanceId?: string;
  loadBalancer?: string;
  name?: string;
}

/** A page of what was found, and how much there is. */
export interface FoundPage {
  readonly total: number;
  readonly results: readonly Found[];
}

interface Answered {
  totalMatches: number;
  results: Found[];
}

/** What has the text in its name, the first `limit` of one kind. */
export function foundBy(text: string, kind: FoundKind, limit: number) {
  return queryOptions({
    queryKey: ['search', kind, text, limit],
    queryFn: async ({ signal }): Promise<FoundPage> => {
      const [page] = await get<Answered[]>('/search', { signal, query: { q: text, type: kind, pageSize: limit, allowShortQuery: true } });
      return { total: page?.totalMatches ?? 0, results: page?.results ?? [] };
    },
    enabled: text !== '',
    staleTime: 10_000,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  });
}

/** A pipeline of any application, as far as a search needs it. */
export interface PipelineName {
  readonly id: string;
  readonly name: string;
  readonly application: string;
}

/** All pipelines of all applications, by name. gate answers with the whole of each, so this is asked for seldom. */
export const pipelineNames = queryOptions({
  queryKey: ['pipelineNames'],
  queryFn: async ({ signal }): Promise<PipelineName[]> => {
    const all = await get<PipelineName[]>('/pipelineConfigs', { signal });
    return all.map(({ id, name, application }) => ({ id, name, application }));
  },
  staleTime: 120_000,
});

/** A run of a pipeline or a task by its whole id; null if there is none. */
export function byId(id: string) {
  return queryOptions({
    queryKey: ['byId', id],
    queryFn: async ({ signal }): Promise<{ kind: 'execution' | 'task'; name: string; application: string } | null> => {
      try {
        const found = await get<Execution>(path('pipelines', id), { signal });
        return { kind: 'execution', name: found.name ?? found.id, application: found.application };
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
      try {
        const found = await get<Task>(path('tasks', id), { signal });
        return { kind: 'task', name: found.name, application: found.application ?? '' };
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    staleTime: 10_000,
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof GateError && error.kind === 'missing';
}
