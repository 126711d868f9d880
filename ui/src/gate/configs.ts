/** Pipelines as they are saved: `/applications/{application}/pipelineConfigs` and `/pipelines`. */
import { queryOptions } from '@tanstack/react-query';

import { client } from './client';
import { get, path, post, remove } from './http';
import type { PipelineConfig } from './wire';

/** An application's pipelines, in their order. */
export function pipelineConfigs(application: string) {
  return queryOptions({
    queryKey: ['pipelineConfigs', application],
    queryFn: async ({ signal }) => {
      const all = await get<PipelineConfig[]>(path('applications', application, 'pipelineConfigs'), { signal });
      return all.toSorted((one, other) => (one.index ?? Infinity) - (other.index ?? Infinity) || one.name.localeCompare(other.name));
    },
    staleTime: 15_000,
  });
}

/** Saves a pipeline; one without an id is made. Somebody else's newer version is a conflict. */
export async function savePipeline(pipeline: Partial<PipelineConfig> & Pick<PipelineConfig, 'application' | 'name'>): Promise<void> {
  await post('/pipelines', pipeline, { query: { staleCheck: true } });
  await client.invalidateQueries({ queryKey: ['pipelineConfigs', pipeline.application] });
}

/** Deletes a pipeline; its runs stay. */
export async function deletePipeline(application: string, name: string): Promise<void> {
  await remove(path('pipelines', application, name));
  await client.invalidateQueries({ queryKey: ['pipelineConfigs', application] });
}
