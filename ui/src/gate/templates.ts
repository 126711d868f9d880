/** Pipeline templates of version 2: the list of them, and the pipeline that one makes. */
import { queryOptions } from '@tanstack/react-query';

import { get, post } from './http';
import type { Fields, PipelineConfig } from './wire';

/** A variable that a template asks for. */
export interface TemplateVariable {
  name: string;
  type?: string;
  description?: string;
  defaultValue?: unknown;
}

/** A template. */
export interface Template {
  id: string;
  metadata?: { name?: string; description?: string; owner?: string };
  variables?: TemplateVariable[];
  [field: string]: unknown;
}

/** All templates of version 2, by their names. */
export const templates = queryOptions({
  queryKey: ['templates'],
  queryFn: async ({ signal }) => {
    const all = await get<Template[]>('/v2/pipelineTemplates', { signal });
    return all.toSorted((one, other) => nameOf(one).localeCompare(nameOf(other)));
  },
  staleTime: 30_000,
});

/** The pipeline that a templated one stands for. */
export function filledIn(pipeline: Fields, signal?: AbortSignal): Promise<PipelineConfig> {
  return post<PipelineConfig>('/v2/pipelineTemplates/plan', pipeline, { signal });
}

/** What a template is called. */
export function nameOf(template: Template): string {
  return template.metadata?.name ?? template.id;
}

/** The template of that address, `spinnaker://ID`, as upstream's pages write it. */
export function referenceOf(template: Template): Fields {
  return { artifactAccount: 'front50ArtifactCredentials', type: 'front50/pipelineTemplate', reference: `spinnaker://${template.id}` };
}
