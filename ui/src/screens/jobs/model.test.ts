import { expect, it } from 'vitest';

import type { Job } from '../../gate/cloud';
import { shownJobs, stateOf } from './model';

const job = (name: string, jobState: string): Job => ({ id: name, name, jobState, account: 'prod', location: 'eu', provider: 'local' });

it('jobs are found by state and words', () => {
  const all = [job('shop-migrate', 'Succeeded'), job('shop-report', 'Failed')];
  expect(shownJobs(all, 'PROD report', '').map(({ name }) => name)).toEqual(['shop-report']);
  expect(shownJobs(all, '', 'Succeeded').map(({ name }) => name)).toEqual(['shop-migrate']);
});

it('a state that is not known is said as it is', () => {
  expect(stateOf(job('a', 'Failed')).tone).toBe('bad');
  expect(stateOf(job('a', 'Evicted'))).toEqual({ tone: 'idle', word: 'Evicted' });
});
