import { describe, expect, it } from 'vitest';

import { type Draft, draftOf, problemOf, upsert } from './loadBalancerChanges';

const draft: Draft = { account: 'local', region: 'local', provider: 'local', name: 'shop-front', listeners: [{ protocol: 'http', port: '8080' }], firewalls: [] };

describe('a load balancer', () => {
  it('has a name of its application, and ports that may be', () => {
    expect(problemOf(draft, 'shop')).toBeUndefined();
    expect(problemOf({ ...draft, name: 'SHOP' }, 'shop')).toBeUndefined();
    expect(problemOf({ ...draft, name: 'shopping' }, 'shop')).toMatch(/begins with shop-/);
    expect(problemOf({ ...draft, listeners: [] }, 'shop')).toMatch(/one port/);
    expect(problemOf({ ...draft, listeners: [{ protocol: 'tcp', port: '70000' }] }, 'shop')).toMatch(/65535/);
    expect(problemOf({ ...draft, listeners: [...draft.listeners, ...draft.listeners] }, 'shop')).toMatch(/own/);
    expect(problemOf({ ...draft, listeners: [{ protocol: 'tcp', port: '' }] }, 'shop')).toBeUndefined();
  });

  it('is sent as upstream sends it', () => {
    const [job] = upsert('shop', { ...draft, listeners: [...draft.listeners, { protocol: 'tcp', port: '' }] }, true).jobs;
    expect(job).toMatchObject({ type: 'upsertLoadBalancer', name: 'shop-front', credentials: 'local', cloudProvider: 'local', listeners: [{ protocol: 'http', port: 8080 }, { protocol: 'tcp' }] });
  });

  it('is edited as it is', () => {
    const known = draftOf({ name: 'a', account: 'x', region: 'r', cloudProvider: 'local', listeners: [{ port: 1, protocol: 'tcp', listening: true }], securityGroups: ['f'] });
    expect(known).toEqual({ name: 'a', account: 'x', region: 'r', provider: 'local', listeners: [{ protocol: 'tcp', port: '1' }], firewalls: ['f'] });
  });
});
