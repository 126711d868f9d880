import { expect, it } from 'vitest';

import type { Stage } from '../../gate/wire';
import { linksOf } from './links';

const stage = (type: string, context: Record<string, unknown>): Stage => ({ id: '1', type, name: 'x', status: 'SUCCEEDED', context });

it('finds runs and addresses, and takes no script for an address', () => {
  const links = linksOf([
    stage('pipeline', { executionId: '01H', executionName: 'deploy', application: 'shop' }),
    stage('jenkins', { buildInfo: { url: 'https://ci/1', fullDisplayName: 'web #1' } }),
    // oxlint-disable-next-line no-script-url
    stage('webhook', { url: 'javascript:alert(1)' }),
    stage('webhook', { url: 'https://ci/1' }),
  ]);
  expect(links).toEqual([
    { kind: 'run', text: 'Run of deploy', application: 'shop', id: '01H' },
    { kind: 'url', text: 'web #1', url: 'https://ci/1' },
  ]);
});
