import { expect, it } from 'vitest';

import type { LoadBalancer } from '../../gate/cloud';
import { sentenceOf } from '../infrastructure/health';
import { filtered, healthOf, listenersOf } from './filters';

const balancer = (name: string, more: Partial<LoadBalancer> = {}): LoadBalancer => ({ name, account: 'prod', region: 'eu', cloudProvider: 'local', ...more });
const front = balancer('front', {
  listeners: [{ port: 8080, protocol: 'http' }, { externalPort: 443, externalProtocol: 'https' }],
  serverGroups: [{ name: 'shop-v001', instances: [{ id: 'a', health: { state: 'Up' } }, { id: 'b', health: { state: 'OutOfService' } }, { id: 'c' }] }],
});

it('load balancers are found by place and words', () => {
  const all = [front, balancer('back', { account: 'test' })];
  expect(filtered(all, {}).map(({ name }) => name)).toEqual(['back', 'front']);
  expect(filtered(all, { q: 'SHOP-v001 8080' })).toEqual([front]);
  expect(filtered(all, { acct: 'test', reg: 'eu' }).map(({ name }) => name)).toEqual(['back']);
});

it('a load balancer says what it listens on, and how what stands behind it is', () => {
  expect(listenersOf(front)).toBe('http 8080, https 443');
  expect(sentenceOf(healthOf(front))).toBe('1 up, 1 out of service, 1 unknown');
  expect(sentenceOf(healthOf(balancer('x')))).toBe('no instances');
});
