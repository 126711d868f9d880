import { describe, expect, it } from 'vitest';

import { modern } from './old-links';

describe('old links', () => {
  it('lead to where the same thing is now', () => {
    const cases: [string, string][] = [
      ['#/applications/shop/executions/details/01H?stage=1', '#/applications/shop/executions/details/01H?stage=1'],
      ['#/projects/p/applications/shop/clusters?q=x', '#/applications/shop/clusters?q=x'],
      ['#/projects/p/dashboard', '#/projects/p/dashboard'],
      ['#/applications/shop/pipelines', '#/applications/shop/executions'],
      ['#/applications/shop/pipelines?q=a', '#/applications/shop/executions?q=a'],
      ['#/applications/pipelines/clusters', '#/applications/pipelines/clusters'],
      ['#/infrastructure?q=web', '#/search?q=web'],
      ['#/applications/a/loadBalancers/loadBalancerDetails/local/prod/eu//front?q=x', '#/applications/a/loadBalancers/loadBalancerDetails/local/prod/eu/-/front?q=x'],
      ['#/applications/a/firewalls/firewallDetails/aws/prod/eu/vpc-1/web', '#/applications/a/firewalls/firewallDetails/aws/prod/eu/vpc-1/web'],
      ['#!/tasks/1', '#/tasks/1'],
      ['', '#/'],
    ];
    for (const [old, now] of cases) expect(modern(old)).toBe(now);
  });
});
