/** Applications: `/applications`, and the tasks that make, change and delete one. */
import { queryOptions } from '@tanstack/react-query';

import { client } from './client';
import { get, path } from './http';
import { finished, startTask } from './tasks';
import type { Application, ApplicationAttributes, ApplicationSummary } from './wire';

/** All applications. */
export const applications = queryOptions({
  queryKey: ['applications'],
  queryFn: ({ signal }) => get<ApplicationSummary[]>('/applications', { signal }),
  // No event tells of a new one, so whoever comes to the list asks.
  staleTime: 0,
});

/** One application, without its clusters. */
export function application(name: string) {
  return queryOptions({
    queryKey: ['application', name],
    queryFn: ({ signal }) => get<Application>(path('applications', name), { signal, query: { expand: false } }),
    staleTime: 30_000,
  });
}

/** What an application was before, the newest first: what it is now is the first of them. */
export function applicationHistory(name: string) {
  return queryOptions({
    queryKey: ['application', name, 'history'],
    queryFn: ({ signal }) => get<ApplicationAttributes[]>(path('applications', name, 'history'), { signal, query: { limit: 50 } }),
    staleTime: 0,
  });
}

/** The names of its clusters by account. */
export function clusterNames(name: string) {
  return queryOptions({
    queryKey: ['clusterNames', name],
    queryFn: ({ signal }) => get<Record<string, string[]>>(path('applications', name, 'clusters'), { signal }),
    staleTime: 30_000,
  });
}

/** What is sent to make or change one: only these fields are changed. */
export type ApplicationDraft = Pick<ApplicationAttributes, 'name'> & Partial<ApplicationAttributes>;

/** Makes an application and waits until it is there. */
export function createApplication(draft: ApplicationDraft): Promise<void> {
  return change('createApplication', `Create Application: ${draft.name}`, draft);
}

/** Changes the named fields of an application and waits until that is done. */
export function updateApplication(draft: ApplicationDraft): Promise<void> {
  return change('updateApplication', `Update Application: ${draft.name}`, draft);
}

/** Deletes an application and waits until it is gone. Whoever shows it leaves, and then calls `forgetApplication`. */
export async function deleteApplication(name: string): Promise<void> {
  await finished(await startTask(name, `Deleting Application: ${name}`, [{ type: 'deleteApplication', application: { name } }]));
  await client.invalidateQueries({ queryKey: applications.queryKey });
}

/** Forgets everything about an application that is gone. */
export function forgetApplication(name: string): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey.includes(name) });
}

async function change(type: string, description: string, draft: ApplicationDraft): Promise<void> {
  const providers = draft.cloudProviders;
  // Upstream's clients send the providers as one text.
  const sent = Array.isArray(providers) ? { ...draft, cloudProviders: providers.join(',') } : draft;
  const id = await startTask(draft.name, description, [{ type, application: sent }]);
  await finished(id);
  await Promise.all([
    client.invalidateQueries({ queryKey: applications.queryKey }),
    client.invalidateQueries({ queryKey: ['application', draft.name] }),
  ]);
}
