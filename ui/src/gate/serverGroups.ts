/**
 * Server groups and their instances. All keys begin with `['serverGroups', application]`, which is what an event of the
 * infrastructure makes old.
 */
import { queryOptions } from '@tanstack/react-query';

import { client } from './client';
import type { Instance, LastGood, ServerGroup } from './cloud';
import { get, path, post } from './http';
import { idOf, type Fields, type Reference } from './wire';

/** Where a server group is. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** An application's server groups with their instances, in short. */
export function serverGroups(application: string) {
  return queryOptions({
    queryKey: ['serverGroups', application],
    queryFn: ({ signal }) => get<ServerGroup[]>(path('applications', application, 'serverGroups'), { signal }),
    // Comparing thousands of instances with those of before takes longer than drawing what is seen of them.
    structuralSharing: false,
  });
}

/** One server group, whole. */
export function serverGroup(application: string, { account, region, name }: Place) {
  return queryOptions({
    queryKey: ['serverGroups', application, 'one', account, region, name],
    queryFn: ({ signal }) => get<ServerGroup>(path('applications', application, 'serverGroups', account, region, name), { signal }),
  });
}

/** What a cloud did to a server group by itself, the newest first. */
export function scalingActivities(application: string, { account, region, name }: Place, cluster: string, provider: string) {
  return queryOptions({
    queryKey: ['serverGroups', application, 'activities', account, region, name],
    queryFn: ({ signal }) =>
      get<Fields[]>(path('applications', application, 'clusters', account, cluster, 'serverGroups', name, 'scalingActivities'), {
        signal,
        query: { provider, region },
      }),
  });
}

/** To which version of a cluster one can go back, in each region. Upstream's gate does not know. */
export function lastGood(application: string, account: string, cluster: string, provider: string) {
  return queryOptions({
    queryKey: ['serverGroups', application, 'lastGood', account, cluster, provider],
    queryFn: ({ signal }) => get<LastGood[]>(path('applications', application, 'clusters', account, cluster, provider, 'lastGood'), { signal }),
  });
}

/** Goes back to the last good version of a cluster, and returns the task's id. */
export async function returnToLastGood(application: string, account: string, cluster: string, provider: string, wish: Fields): Promise<string> {
  const going = await post<Reference>(path('applications', application, 'clusters', account, cluster, 'lastGood'), wish, { query: { provider } });
  void client.invalidateQueries({ queryKey: ['tasks', application] });
  return idOf(going);
}

/** One instance, whole. */
export function instance(application: string, account: string, region: string, id: string) {
  return queryOptions({
    queryKey: ['serverGroups', application, 'instance', account, region, id],
    queryFn: ({ signal }) => get<Instance>(path('instances', account, region, id), { signal }),
  });
}

/** Asks anew for an application's infrastructure, all that is shown of it. */
export function refreshInfrastructure(application: string): void {
  for (const what of ['serverGroups', 'loadBalancers', 'firewalls', 'jobs', 'entityTags']) {
    void client.invalidateQueries({ queryKey: [what, application] });
  }
}
