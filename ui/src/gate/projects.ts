/** Projects: applications, clusters and pipelines under one name. `/projects`, and the tasks that make, change and delete one. */
import { queryOptions } from '@tanstack/react-query';

import { client } from './client';
import { get, path } from './http';
import { finished, startTask } from './tasks';
import type { Execution } from './wire';

/** Which clusters: `*` is any stack or detail; `applications` null is all of the project. */
export interface ProjectCluster {
  account: string;
  stack: string | null;
  detail: string | null;
  applications?: string[] | null;
}

/** A project. Lists may be null. */
export interface Project {
  id: string;
  name: string;
  email?: string | null;
  updateTs?: number | null;
  createTs?: number | null;
  lastModifiedBy?: string | null;
  config: {
    applications?: string[] | null;
    clusters?: ProjectCluster[] | null;
    pipelineConfigs?: { application: string; pipelineConfigId: string }[] | null;
  };
}

/** What is sent to make or change one: one without an id is new. */
export type ProjectDraft = Pick<Project, 'name' | 'email' | 'config'> & { id?: string };

/** Instances by how they are. */
export interface InstanceCounts {
  total: number;
  up: number;
  down: number;
  unknown: number;
  outOfService: number;
  starting: number;
}

/** What runs of one of a project's clusters. */
export interface RunningCluster {
  account: string;
  stack: string | null;
  detail: string | null;
  instanceCounts: InstanceCounts;
  applications: { application: string; lastPush: number; clusters: RunningRegion[] }[];
}

/** What runs of an application in a region. */
export interface RunningRegion {
  region: string;
  lastPush: number;
  instanceCounts: InstanceCounts;
  builds: { buildNumber: string; host: string | null; job: string | null; deployed: number }[];
}

/** How often a dashboard is looked at anew, in milliseconds: gate's events are an application's. */
const LOOK_EVERY = 10_000;

/** All projects. */
export const projects = queryOptions({
  queryKey: ['projects'],
  queryFn: ({ signal }) => get<Project[]>('/projects', { signal }),
  staleTime: 0,
});

/** One project by its name or id. */
export function project(name: string) {
  return queryOptions({
    queryKey: ['project', name],
    queryFn: ({ signal }) => get<Project>(path('projects', name), { signal }),
  });
}

/** What runs of its clusters. */
export function projectClusters(id: string) {
  return queryOptions({
    queryKey: ['project', id, 'clusters'],
    queryFn: ({ signal }) => get<RunningCluster[]>(path('projects', id, 'clusters'), { signal }),
    refetchInterval: LOOK_EVERY,
  });
}

/** The newest runs of its pipelines, `limit` of each. */
export function projectPipelines(id: string, limit: number) {
  return queryOptions({
    queryKey: ['project', id, 'pipelines', limit],
    queryFn: ({ signal }) => get<Execution[]>(path('projects', id, 'pipelines'), { signal, query: { limit } }),
    refetchInterval: LOOK_EVERY,
  });
}

/** Makes or changes a project and waits until that is done. */
export async function saveProject(draft: ProjectDraft): Promise<void> {
  const verb = draft.id === undefined ? 'Create' : 'Update';
  await finished(await startTask('spinnaker', `${verb} project: ${draft.name}`, [{ type: 'upsertProject', project: draft }]));
  // Under its former name it is not there any more: whoever shows that goes to the new one.
  const about = [projects.queryKey, ['project', draft.name], ...(draft.id === undefined ? [] : [['project', draft.id]])];
  await Promise.all(about.map((queryKey) => client.invalidateQueries({ queryKey })));
}

/** Deletes a project and waits until it is gone; what belongs to it stays. Whoever shows it leaves. */
export async function deleteProject({ id, name }: Pick<Project, 'id' | 'name'>): Promise<void> {
  await finished(await startTask('spinnaker', `Delete project: ${name}`, [{ type: 'deleteProject', project: { id } }]));
  await client.invalidateQueries({ queryKey: projects.queryKey });
}
