import { describe, expect, it } from 'vitest';

import type { ServerGroup } from '../../gate/cloud';
import { clone, destroy, disable, problemOfCapacity, resize, rollBack, siblings } from './serverGroupChanges';

const group = (name: string, up: number, more: Partial<ServerGroup> = {}): ServerGroup => ({
  name,
  account: 'prod',
  region: 'eu',
  cluster: 'shop',
  cloudProvider: 'local',
  moniker: { app: 'shop', cluster: 'shop' },
  createdTime: Number(/\d+$/.exec(name)?.[0] ?? 0),
  capacity: { min: 1, desired: up, max: 9 },
  instances: Array.from({ length: up }, (_, index) => ({ id: `${name}-${index}`, healthState: 'Up' })),
  ...more,
});
const old = group('shop-v001', 2, { isDisabled: true });
const now = group('shop-v002', 4);
const elsewhere = group('shop-v000', 3, { region: 'us' });

describe('changes of a server group', () => {
  it('are upstream’s jobs', () => {
    const place = { asgName: 'shop-v002', serverGroupName: 'shop-v002', region: 'eu', credentials: 'prod', cloudProvider: 'local' };
    expect(resize('shop', now, { min: 1, desired: 5, max: 9 }).jobs).toMatchObject([{ ...place, type: 'resizeServerGroup', capacity: { min: 1, desired: 5, max: 9 } }]);
    expect(disable('shop', now, [now]).jobs).toMatchObject([{ ...place, type: 'disableServerGroup' }]);
    expect(rollBack('shop', now, old, 90).jobs).toMatchObject([
      {
        type: 'rollbackServerGroup',
        rollbackType: 'EXPLICIT',
        rollbackContext: { rollbackServerGroupName: 'shop-v002', restoreServerGroupName: 'shop-v001', targetHealthyRollbackPercentage: 90 },
      },
    ]);
    expect(clone('shop', now, { min: 1, desired: 1, max: 1 }, 'redblack').jobs).toMatchObject([
      { type: 'cloneServerGroup', application: 'shop', strategy: 'redblack', source: { account: 'prod', region: 'eu', asgName: 'shop-v002' } },
    ]);
  });

  it('are planned by what the cloud does: what comes back grows to the size of what goes', () => {
    const { all } = rollBack('shop', now, old, 100).operations;
    expect(all.map((operation) => Object.keys(operation)[0])).toEqual(['enableServerGroup', 'resizeServerGroup', 'disableServerGroup']);
    expect(all[1]).toMatchObject({ resizeServerGroup: { serverGroupName: 'shop-v001', capacity: { min: 1, desired: 4, max: 9 } } });
    expect(rollBack('shop', now, group('shop-v001', 6), 100).operations.all).toHaveLength(2);
  });

  it('say what the cluster loses', () => {
    expect(disable('shop', now, [old, now, elsewhere]).says[0]).toMatch(/Nothing else of the cluster shop takes requests/);
    expect(disable('shop', now, [now, group('shop-v003', 1)]).says[0]).toBe("4 of the cluster's 5 instances that are up leave traffic; 1 stays.");
    expect(destroy('shop', old, [old, now]).says[0]).toBe('It takes no requests now.');
    expect(destroy('shop', now, [now, elsewhere]).says[1]).toBe('It is the last server group of shop in eu.');
    expect(destroy('shop', now, [now]).typed).toBe('shop-v002');
  });

  it('say how many come and go', () => {
    expect(resize('shop', now, { min: 1, desired: 3, max: 9 }).says).toEqual(['1 instance leaves traffic and ends.']);
    expect(resize('shop', now, { min: 1, desired: 6, max: 9 }).says).toEqual(['2 instances more are started.']);
    expect(resize('shop', now, { min: 2, desired: 4, max: 9 }).danger).toBe(false);
  });

  it('are refused where sizes are none', () => {
    expect(problemOfCapacity({ min: 1, desired: 2, max: 3 })).toBeUndefined();
    expect(problemOfCapacity({ min: 1, desired: NaN, max: 3 })).toMatch(/whole numbers/);
    expect(problemOfCapacity({ min: 3, desired: 2, max: 3 })).toMatch(/minimum/);
    expect(problemOfCapacity({ min: 1, desired: 4, max: 3 })).toMatch(/maximum/);
  });

  it('know the others of a cluster in a region, the newest first', () => {
    expect(siblings(now, [old, elsewhere, now, group('shop-v003', 1)]).map(({ name }) => name)).toEqual(['shop-v003', 'shop-v001']);
  });
});
