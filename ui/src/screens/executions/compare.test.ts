import { describe, expect, it } from 'vitest';

import type { Execution, Stage } from '../../gate/wire';
import { parameterPairs, stagePairs, tookOf } from './compare';

const stage = (refId: string, status: Stage['status'], more: Partial<Stage> = {}): Stage => ({ id: refId, refId, type: 'wait', name: `s${refId}`, status, context: {}, ...more });
const run = (stages: Stage[], parameters: Record<string, unknown> = {}): Execution => ({ id: 'x', application: 'a', status: 'SUCCEEDED', trigger: { parameters }, stages });

describe('two runs side by side', () => {
  it('pair their stages, and name those that went another way', () => {
    const left = run([stage('1', 'SUCCEEDED'), stage('2', 'TERMINAL'), stage('2<1', 'TERMINAL', { parentStageId: '2' })]);
    const right = run([stage('2', 'SUCCEEDED'), stage('1', 'SUCCEEDED'), stage('3', 'SUCCEEDED')]);
    const pairs = stagePairs(left, right).map(({ name, left: one, right: other, differs }) => [name, one?.status, other?.status, differs]);
    expect(pairs).toEqual([
      ['s1', 'SUCCEEDED', 'SUCCEEDED', false],
      ['s2', 'TERMINAL', 'SUCCEEDED', true],
      ['s3', undefined, 'SUCCEEDED', true],
    ]);
  });

  it('put the parameters that differ first', () => {
    const pairs = parameterPairs(run([], { a: 1, b: 'x' }), run([], { a: 1, b: 'y', c: 'z' }));
    expect(pairs.map(({ name, differs }) => [name, differs])).toEqual([
      ['b', true],
      ['c', true],
      ['a', false],
    ]);
  });

  it('know how long a stage took once it is over', () => {
    expect(tookOf(stage('1', 'SUCCEEDED', { startTime: 5, endTime: 9 }))).toBe(4);
    expect(tookOf(stage('1', 'RUNNING', { startTime: 5 }))).toBeUndefined();
  });
});
