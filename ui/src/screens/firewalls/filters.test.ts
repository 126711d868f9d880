import { expect, it } from 'vitest';

import type { Firewall, LoadBalancer } from '../../gate/cloud';
import { flat } from '../../gate/firewalls';
import { filtered, guarding } from './filters';

const firewall = (name: string, more: Partial<Firewall> = {}): Firewall => ({ id: name, name, account: 'prod', region: 'eu', cloudProvider: 'local', ...more });

it('firewalls are those named after the application, and those it uses', () => {
  const all = [firewall('shop-office', { moniker: { app: 'Shop' } }), firewall('shared'), firewall('other', { account: 'test' })];
  const front: LoadBalancer = { name: 'front', account: 'prod', region: 'eu', cloudProvider: 'local', securityGroups: ['shared', 'other'] };
  const found = guarding('shop', all, [], [front]);
  expect(found.map((one) => one.firewall.name)).toEqual(['shared', 'shop-office']);
  expect(found[0]?.loadBalancers).toEqual(['front']);
  expect(filtered(found, { q: 'front' })).toEqual([found[0]]);
  expect(filtered(found, { acct: 'test' })).toEqual([]);
});

it('the list that gate has by place is one list', () => {
  expect(flat({ prod: { aws: { eu: [{ id: 'sg-1', name: 'web', vpcId: 'v' }] } }, empty: {} })).toEqual([
    { id: 'sg-1', name: 'web', vpcId: 'v', account: 'prod', cloudProvider: 'aws', region: 'eu' },
  ]);
});
