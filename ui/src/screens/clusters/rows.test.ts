import { describe, expect, it } from 'vitest';

import type { ServerGroup } from '../../gate/cloud';
import { sentenceOf } from '../infrastructure/health';
import { clustersOf, rowsOf, versionOf } from './rows';

const group = (account: string, name: string, size: number, more: Partial<ServerGroup> = {}): ServerGroup => ({
  name,
  account,
  region: 'eu',
  cluster: name.replace(/-v\d+$/, ''),
  cloudProvider: 'local',
  createdTime: Number(/\d+$/.exec(name)?.[0] ?? 0),
  instances: Array.from({ length: size }, (_, index) => ({ id: `${name}-${index}`, healthState: index === 0 ? 'Down' : 'Up', launchTime: size - index })),
  ...more,
});

describe('the list of clusters', () => {
  const clusters = clustersOf([group('prod', 'shop-v001', 2), group('test', 'shop-v000', 1), group('prod', 'shop-v002', 3), group('prod', 'shop-db-v000', 0)]);

  it('has a cluster an account, sorted, with the newest server group first', () => {
    expect(clusters.map(({ account, name }) => `${account} ${name}`)).toEqual(['prod shop', 'prod shop-db', 'test shop']);
    expect(clusters[0]?.groups.map(({ group }) => group.name)).toEqual(['shop-v002', 'shop-v001']);
    expect(sentenceOf(clusters[0]?.counts ?? new Map())).toBe('3 up, 2 down');
  });

  it('draws instances as lines of squares, the oldest first', () => {
    const rows = rowsOf(clusters, 'squares', 2);
    expect(rows.map(({ kind }) => kind).join(' ')).toBe('account cluster group strip strip group strip cluster group account cluster group strip');
    const strip = rows[3];
    expect(strip?.kind === 'strip' && strip.instances.map(({ id }) => id)).toEqual(['shop-v002-2', 'shop-v002-1']);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  });

  it('draws them one a row, or not at all', () => {
    expect(rowsOf(clusters, 'list', 2).filter(({ kind }) => kind === 'instance')).toHaveLength(6);
    expect(rowsOf(clusters, 'none', 2).some(({ kind }) => kind === 'strip' || kind === 'instance')).toBe(false);
  });

  it('takes 20,000 instances', () => {
    const many = Array.from({ length: 200 }, (_, index) => group('prod', `shop-c${index}-v000`, 100));
    expect(rowsOf(clustersOf(many), 'squares', 50)).toHaveLength(1 + 200 * 4);
  });
});

describe('a version', () => {
  it('is the build, else the image', () => {
    expect(versionOf(group('a', 'b-v000', 0, { buildInfo: { jenkins: { name: 'shop', number: '7' }, images: ['x'] } }))).toBe('shop #7');
    expect(versionOf(group('a', 'b-v000', 0, { buildInfo: { images: ['registry/acme/shop:1.2'] } }))).toBe('shop:1.2');
    expect(versionOf(group('a', 'b-v000', 0))).toBe('');
  });
});
