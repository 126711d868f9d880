import { describe, expect, it } from 'vitest';

import { hitOf, looksLikeId, valuesOf, within } from './model';

describe('what a search finds', () => {
  const group = { type: 'serverGroups', provider: 'local', application: 'shop', account: 'a', region: 'r', cluster: 'shop-web', serverGroup: 'shop-web-v001' };

  it('stands where upstream’s links lead', () => {
    expect(hitOf('serverGroups', group)).toMatchObject({ title: 'shop-web-v001', place: 'shop · a · r', to: '/applications/shop/clusters/serverGroupDetails/local/a/r/shop-web-v001?q=shop-web-v001' });
    expect(hitOf('instances', { ...group, instanceId: 'i 1' })).toMatchObject({ place: 'shop-web-v001 · shop · a · r', to: '/applications/shop/clusters/instanceDetails/local/i%201' });
    expect(hitOf('clusters', group).to).toBe('/applications/shop/clusters?q=shop-web');
    expect(hitOf('securityGroups', { type: 'securityGroups', application: null, name: 'open', account: 'a' })).toMatchObject({ title: 'open', place: 'a', to: undefined });
  });

  it('is narrowed to accounts and regions', () => {
    const hits = [hitOf('serverGroups', group), hitOf('serverGroups', { ...group, account: 'b', region: 'x' })];
    expect(valuesOf(hits, 'account')).toEqual(['a', 'b']);
    expect(within(hits, 'b', undefined).map(({ region }) => region)).toEqual(['x']);
    expect(within(hits, 'b', 'r')).toEqual([]);
    expect(within(hits, undefined, undefined)).toHaveLength(2);
  });

  it('is a run where a whole id was typed', () => {
    expect(looksLikeId('01M8KFNNAHP6K3Z3PHHXPPQ2VG')).toBe(true);
    expect(looksLikeId('6f1f7a5e-3a64-4e0b-9ef0-0d5b9f3b3b9a')).toBe(true);
    expect(looksLikeId('shop-web-v001')).toBe(false);
  });
});
