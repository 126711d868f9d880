import { expect, it } from 'vitest';

import type { StageConfig } from '../../model';
import { foundBy } from '../StageTypePicker';
import { shown } from '../spec';
import { specsOfStage, stageTypes } from './catalogue';
import { flagsOf, onFailureOf, type OnFailure } from './common';
import { deploy } from './deploy';
import { clusterName } from './names';

const schemas = {
  _stage: {},
  wait: { description: 'Lets some time pass.', properties: { waitTime: { type: 'number' }, skipRemainingWait: { type: 'boolean' }, unheard: { type: 'string' } } },
  deploy: {},
  noop: {},
  upsertLoadBalancer: { description: 'Writes a load balancer.' },
};

it('knows the four ways of a failure, and writes all flags of each', () => {
  const ways: readonly OnFailure[] = ['halt', 'branch', 'later', 'ignore'];
  for (const way of ways) expect(onFailureOf(flagsOf(way))).toBe(way);
  expect(onFailureOf({})).toBe('halt');
  expect(onFailureOf({ failPipeline: 'false' })).toBe('branch');
});

it('offers the types that somebody writes, with what operators have prepared', () => {
  const types = stageTypes(schemas, [{ type: 'announce', label: 'Announce', description: 'Tells the channel.' }]);
  expect(types.map(({ type, section }) => `${section}: ${type}`)).toEqual([
    'Flow: wait',
    'Server groups: deploy',
    'Prepared by operators: announce',
    'Load balancers and instances: upsertLoadBalancer',
  ]);
  expect(types[0]?.fresh).toEqual({ type: 'wait', name: 'Wait', waitTime: 30 });
  expect(types[3]?.label).toBe('Upsert load balancer');
  expect(foundBy(types, 'time pass').map(({ type }) => type)).toEqual(['wait']);
  expect(foundBy(types, 'a').map(({ type }) => type)[0], 'a name that begins so comes first').toBe('announce');
  expect(foundBy(types, 'nothing like it')).toEqual([]);
});

it('adds to fields written by hand those that only the schema knows', () => {
  const stage = { type: 'wait', name: 'Wait', refId: '1', requisiteStageRefIds: [] } as StageConfig;
  const keys = shown(specsOfStage(stage, schemas.wait, undefined, new Set()), stage).map(({ at }) => at[0]);
  expect(keys).toEqual(['waitTime', 'skipWaitText', 'unheard']);
});

it('asks of a server group what its cloud and its strategy have', () => {
  const fields = (form: object) => shown(deploy[0]?.fields ?? [], form as Record<string, unknown>).map(({ at }) => at.join('.'));
  expect(fields({ cloudProvider: 'local', strategy: 'rollingredblack' })).toEqual(expect.arrayContaining(['command', 'targetPercentages', 'rollback.onFailure', 'healthCheck.type']));
  const other = fields({ cloudProvider: 'cloud', strategy: 'highlander' });
  expect(other).toContain('availabilityZones');
  for (const absent of ['command', 'targetPercentages', 'healthCheck.type']) expect(other).not.toContain(absent);
});

it('names clusters', () => {
  expect(clusterName({ application: 'shop', stack: 'main', freeFormDetails: 'blue' }, '')).toBe('shop-main-blue');
  expect(clusterName({ freeFormDetails: 'blue' }, 'shop')).toBe('shop--blue');
  expect(clusterName({ moniker: { app: 'shop', stack: 'main' } }, 'other')).toBe('shop-main');
  expect(clusterName({}, 'shop')).toBe('shop');
});
