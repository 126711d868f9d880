import { describe, expect, it } from 'vitest';

import type { Stage, Status } from '../../gate/wire';
import { chosenGroup, expressionFailures, failuresOf, groupsOf, interestingGroup, wordOfStage } from './stages';

const stage = (id: string, more: Partial<Stage> = {}): Stage => ({ id, type: 'x', name: id, status: 'SUCCEEDED', context: {}, refId: id, ...more });
const below = (id: string, parentStageId: string, more: Partial<Stage> = {}): Stage =>
  stage(id, { parentStageId, syntheticStageOwner: 'STAGE_BEFORE', ...more });

describe('the stages of an execution', () => {
  it('stand with those before and after them, in the order in which they run', () => {
    const groups = groupsOf([
      stage('a'),
      stage('b'),
      below('b2', 'b', { requisiteStageRefIds: ['b1'] }),
      below('b1', 'b'),
      below('b3', 'b', { syntheticStageOwner: 'STAGE_AFTER' }),
      below('b11', 'b1'),
    ]);
    expect(groups.map(({ steps }) => steps.map(({ id }) => id))).toEqual([['a'], ['b11', 'b1', 'b2', 'b', 'b3']]);
  });

  it('end even where they wait for each other in a circle', () => {
    const circle = [stage('a'), below('x', 'a', { requisiteStageRefIds: ['y'] }), below('y', 'a', { requisiteStageRefIds: ['x'] })];
    expect(groupsOf(circle)[0]?.steps).toHaveLength(3);
  });

  it('are said to await judgment while a person is asked', () => {
    const of = (type: string, status: Status) => wordOfStage(stage('a', { type, status }));
    expect(of('manualJudgment', 'RUNNING')).toBe('Awaits judgment');
    expect(of('manualJudgment', 'SUCCEEDED')).toBe('Succeeded');
    expect(of('wait', 'RUNNING')).toBe('Running');
  });

  it('are found by what links say', () => {
    const groups = groupsOf([stage('a'), stage('b'), below('c', 'b')]);
    expect(chosenGroup(groups, { stage: '1' })?.stage.id).toBe('b');
    expect(chosenGroup(groups, { refId: 'a' })?.stage.id).toBe('a');
    expect(chosenGroup(groups, { stageId: 'c' })?.stage.id).toBe('b');
    expect(chosenGroup(groups, { stage: 'nonsense' })).toBeUndefined();
    expect(chosenGroup(groups, {})).toBeUndefined();
  });

  it('are looked at where something is the matter', () => {
    const of = (...statuses: Status[]) => interestingGroup(groupsOf(statuses.map((status, n) => stage(String(n), { status }))))?.stage.id;
    expect(of('SUCCEEDED', 'RUNNING', 'TERMINAL')).toBe('2');
    expect(of('SUCCEEDED', 'RUNNING', 'NOT_STARTED')).toBe('1');
    expect(of('SUCCEEDED', 'SUCCEEDED')).toBe('0');
    expect(of()).toBeUndefined();
  });

  it('say what they failed with, each thing once', () => {
    const failed = stage('a', {
      status: 'TERMINAL',
      context: {
        exception: { details: { error: 'E', errors: ['one', 'two', 'one'] } },
        'kato.tasks': [{ exception: { message: 'three' } }],
        expressionEvaluationSummary: { 'a.b': [{ level: 'ERROR', description: 'no b' }, { level: 'INFO', description: 'x' }] },
      },
    });
    expect(failuresOf(failed)).toEqual(['one', 'two', 'three']);
    expect(expressionFailures(failed)).toEqual([{ expression: 'a.b', reasons: ['no b'] }]);
    expect(failuresOf(stage('b'))).toEqual([]);
    expect(expressionFailures(stage('b'))).toEqual([]);
  });
});
