import { describe, expect, it } from 'vitest';

import type { ServerGroup } from '../../gate/cloud';
import { filtered, isFiltered } from './filters';

const group = (name: string, states: readonly string[], more: Partial<ServerGroup> = {}): ServerGroup => ({
  name,
  account: 'prod',
  region: 'eu',
  cluster: name.replace(/-v\d+$/, ''),
  cloudProvider: 'local',
  instances: states.map((healthState, index) => ({ id: `${name}-i${index}`, healthState })),
  ...more,
});

const all = [
  group('shop-v000', ['OutOfService'], { isDisabled: true }),
  group('shop-v001', ['Up', 'Down'], { loadBalancers: ['front'], buildInfo: { jenkins: { name: 'build-shop', number: '42' } } }),
  group('shop-worker-v000', ['Up'], { account: 'test,1', region: 'us', cloudProvider: 'aws' }),
];
const names = (found: readonly ServerGroup[]): string[] => found.map(({ name }) => name);

describe('server groups', () => {
  it('are all shown without filters', () => {
    expect(names(filtered(all, {}))).toEqual(['shop-v000', 'shop-v001', 'shop-worker-v000']);
    expect(isFiltered({ listInstances: 'true' })).toBe(false);
    expect(isFiltered({ status: 'Up' })).toBe(true);
  });

  it('are found by account, region and cloud, also with a comma in a name', () => {
    expect(names(filtered(all, { acct: 'test%2C1' }))).toEqual(['shop-worker-v000']);
    expect(names(filtered(all, { reg: 'eu', providerType: 'aws' }))).toEqual([]);
    expect(names(filtered(all, { clusters: 'prod:shop' }))).toEqual(['shop-v000', 'shop-v001']);
  });

  it('are found by how they are', () => {
    expect(names(filtered(all, { status: 'Down' }))).toEqual(['shop-v001']);
    expect(names(filtered(all, { status: 'Up' }))).toEqual(['shop-v000', 'shop-worker-v000']);
    expect(names(filtered(all, { status: 'Disabled,Down' }))).toEqual(['shop-v000', 'shop-v001']);
  });

  it('are found by words: of their own, or of an instance, which then stands alone', () => {
    expect(names(filtered(all, { q: 'FRONT build-shop 42' }))).toEqual(['shop-v001']);
    const [found] = filtered(all, { q: 'shop-v001-i1' });
    expect(found?.instances.map(({ id }) => id)).toEqual(['shop-v001-i1']);
    expect(filtered(all, { q: 'nothing like that' })).toEqual([]);
  });
});
