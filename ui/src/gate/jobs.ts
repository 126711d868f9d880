/** Jobs that clouds run: `/applications/{application}/jobs`. Upstream's gate has no list of them. */
import { queryOptions } from '@tanstack/react-query';

import { tryAgain } from './client';
import type { Job } from './cloud';
import { get, path } from './http';

const LOOK_EVERY = 2000;

/** An application's jobs, the newest first. No event tells of them, so they are asked for while one is not over. */
export function jobs(application: string) {
  return queryOptions({
    queryKey: ['jobs', application],
    queryFn: ({ signal }) => get<Job[]>(path('applications', application, 'jobs'), { signal }),
    staleTime: 0,
    refetchInterval: (query) => (query.state.data?.some((job) => !isJobOver(job)) ? LOOK_EVERY : tryAgain(query)),
  });
}

/** One job; without an id there is none. */
export function job(application: string, account: string, location: string, name: string) {
  return queryOptions({
    queryKey: ['jobs', application, 'one', account, location, name],
    queryFn: ({ signal }) => get<Partial<Job>>(path('applications', application, 'jobs', account, location, name), { signal }),
    refetchInterval: (query) => (query.state.data?.id !== undefined && !isJobOver(query.state.data) ? LOOK_EVERY : tryAgain(query)),
  });
}

/** Whether nothing comes of it any more. */
export function isJobOver(job: Partial<Job>): boolean {
  return job.jobState === 'Succeeded' || job.jobState === 'Failed';
}
