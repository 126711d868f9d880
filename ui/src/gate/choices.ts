/** What forms offer to choose from: names of what is there. */
import { queryOptions } from '@tanstack/react-query';

import { get, path } from './http';
import type { Fields } from './wire';

const MINUTE = 60_000;

/** An account that artifacts are fetched with, and the types that it can fetch. */
export interface ArtifactAccount {
  name: string;
  types: readonly string[];
}

/** The accounts of artifacts. */
export const artifactAccounts = queryOptions({
  queryKey: ['artifactAccounts'],
  queryFn: ({ signal }) => get<ArtifactAccount[]>('/artifacts/credentials', { signal }),
  staleTime: MINUTE,
});

/** The service accounts that the user may let triggers run as. */
export const serviceAccounts = queryOptions({
  queryKey: ['serviceAccounts'],
  queryFn: ({ signal }) => get<string[]>('/auth/user/serviceAccounts', { signal }),
  staleTime: MINUTE,
});

/** The subscriptions whose messages may start pipelines. */
export const subscriptions = queryOptions({
  queryKey: ['subscriptions'],
  queryFn: ({ signal }) => get<{ subscriptionName: string; pubsubSystem: string }[]>('/pubsub/subscriptions', { signal }),
  staleTime: MINUTE,
});

/** The deployment monitors that operators have named. */
export const deploymentMonitors = queryOptions({
  queryKey: ['deploymentMonitors'],
  queryFn: ({ signal }) => get<{ id: string; name?: string }[]>('/capabilities/deploymentMonitors', { signal }),
  staleTime: MINUTE,
});

/** The names of an application's clusters, by account. */
export function clusterNames(application: string) {
  return queryOptions({
    queryKey: ['clusterNames', application],
    queryFn: ({ signal }) => get<Record<string, string[]>>(path('applications', application, 'clusters'), { signal }),
    staleTime: MINUTE,
  });
}

/** Server groups or load balancers, as far as forms name them. */
export interface Named extends Fields {
  name: string;
  account?: string;
  region?: string;
}

/** The server groups of an application. */
export function serverGroupNames(application: string) {
  return queryOptions({
    queryKey: ['serverGroupNames', application],
    queryFn: ({ signal }) => get<Named[]>(path('applications', application, 'serverGroups'), { signal, query: { expand: false } }),
    staleTime: MINUTE,
  });
}

/** The load balancers of a cloud. */
export function loadBalancerNames(provider: string) {
  return queryOptions({
    queryKey: ['loadBalancerNames', provider],
    queryFn: ({ signal }) => get<Named[]>('/loadBalancers', { signal, query: { provider } }),
    staleTime: MINUTE,
  });
}

/** The deployment strategies that an application has written as pipelines. */
export function ownStrategies(application: string) {
  return queryOptions({
    queryKey: ['ownStrategies', application],
    queryFn: ({ signal }) => get<{ id: string; name: string }[]>(path('applications', application, 'strategyConfigs'), { signal }),
    staleTime: MINUTE,
  });
}

/** What a schedule says, or why it is none. */
export function schedule(expression: string) {
  return queryOptions({
    queryKey: ['schedule', expression],
    queryFn: ({ signal }) => get<{ valid: boolean; description?: string; message?: string }>('/cron/validate', { signal, query: { expression } }),
    staleTime: Infinity,
  });
}
