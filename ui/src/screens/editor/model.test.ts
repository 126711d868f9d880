import { describe, expect, it } from 'vitest';

import { addStage, ancestors, connect, copyStage, disconnect, empty, inOrder, moveAfter, moveStage, type Pipeline, pipelineOf, problemsOf, Refusal, removeStage, renameStage, replaceStage, stage } from './model';

/** `of('a', 'b<a', 'c<a,b')`: stages called like their ids. */
function of(...written: readonly string[]): Pipeline {
  const stages = written.map((one) => {
    const [refId = '', before = ''] = one.split('<');
    return { refId, name: refId, type: 'wait', requisiteStageRefIds: before === '' ? [] : before.split(',') };
  });
  return { ...empty('shop', 'Deploy'), stages };
}

function written(pipeline: Pipeline): string[] {
  return pipeline.stages.map(({ refId, requisiteStageRefIds: before }) => (before.length === 0 ? refId : `${refId}<${before.join()}`));
}

describe('a pipeline', () => {
  it('gets stages first, and after others', () => {
    const first = addStage(empty('shop', 'Deploy'), { type: 'wait', name: 'Wait', waitTime: 5 });
    const second = addStage(first.pipeline, { type: 'wait', name: 'Wait' }, first.refId);
    const third = addStage(second.pipeline, { type: 'manualJudgment' }, first.refId);
    expect(written(third.pipeline)).toEqual(['1', '3<1', '2<1']);
    expect(third.pipeline.stages.map(({ name }) => name)).toEqual(['Wait', 'manualJudgment', 'Wait 2']);
    expect(stage(third.pipeline, '1')).toMatchObject({ waitTime: 5 });
    expect(empty('shop', 'Deploy').stages).toEqual([]);
  });

  it('gives an id that no stage has, also beside ids that are no numbers', () => {
    expect(addStage(of('a', '7', '2'), { type: 'wait' }).refId).toBe('8');
  });

  it('loses a stage, and what waited for it waits for what it waited for', () => {
    expect(written(removeStage(of('a', 'b<a', 'c<b'), 'b'))).toEqual(['a', 'c<a']);
    expect(written(removeStage(of('a', 'b<a', 'c<b'), 'a'))).toEqual(['b', 'c<b']);
    expect(written(removeStage(of('a', 'b<a', 'c<a', 'd<b,c'), 'b')), 'a is waited for by way of c').toEqual(['a', 'c<a', 'd<c']);
    expect(() => removeStage(of('a'), 'z')).toThrow(Refusal);
  });

  it('is connected and disconnected, and never in a circle', () => {
    const given = of('a', 'b<a', 'c<b', 'd');
    expect(written(connect(given, 'd', 'a'))).toEqual(['a<d', 'b<a', 'c<b', 'd']);
    expect(() => connect(given, 'c', 'a')).toThrow('circle');
    expect(() => connect(given, 'a', 'a')).toThrow('itself');
    expect(() => connect(given, 'a', 'b')).toThrow('already');
    expect(written(disconnect(given, 'a', 'b'))).toEqual(['a', 'b', 'c<b', 'd']);
    expect(written(given), 'what was given stays').toEqual(['a', 'b<a', 'c<b', 'd']);
  });

  it('has stages copied with all that they say', () => {
    const given = replaceStage(of('a', 'b<a'), { ...of('b<a').stages[0], refId: 'b', requisiteStageRefIds: ['a'], name: 'b', type: 'wait', deep: { odd: [1] } });
    const { pipeline, refId } = copyStage(given, 'b');
    expect(stage(pipeline, refId)).toEqual({ refId: '1', requisiteStageRefIds: ['a'], name: 'b 2', type: 'wait', deep: { odd: [1] } });
    expect(stage(pipeline, refId)?.['deep']).not.toBe(stage(pipeline, 'b')?.['deep']);
  });

  it('has stages moved in the graph and in the list', () => {
    expect(written(moveAfter(of('a', 'b<a', 'c<b'), 'a', 'c'))).toEqual(['b', 'c<b', 'a<c']);
    expect(written(moveAfter(of('a', 'b<a', 'c<b'), 'b', undefined))).toEqual(['b', 'a', 'c<a']);
    expect(() => moveAfter(of('a'), 'a', 'a')).toThrow(Refusal);
    expect(written(moveStage(of('a', 'b', 'c'), 'c', -1))).toEqual(['a', 'c', 'b']);
    const given = of('a', 'b');
    expect(moveStage(given, 'b', 5)).toBe(given);
  });

  it('is renamed without touching the rest', () => {
    const given = of('a', 'b');
    const renamed = renameStage(given, 'b', '<script> 🎉');
    expect(stage(renamed, 'b')?.name).toBe('<script> 🎉');
    expect(renamed.stages[0]).toBe(given.stages[0]);
  });

  it('is read from what was saved, with all that is not known', () => {
    const read = pipelineOf({ name: 'a', application: 'b', odd: { deep: 1 }, stages: [{ refId: 1, type: 'wait' }, { refId: 2, requisiteStageRefIds: [1], type: 'x', name: 'y', z: null }] });
    expect(read).toMatchObject({ odd: { deep: 1 }, triggers: [] });
    expect(read.stages).toEqual([
      { refId: '1', requisiteStageRefIds: [], type: 'wait', name: 'wait' },
      { refId: '2', requisiteStageRefIds: ['1'], type: 'x', name: 'y', z: null },
    ]);
    expect(() => pipelineOf([])).toThrow(Refusal);
    expect(() => pipelineOf({ stages: {} })).toThrow('stages is a list');
    expect(() => pipelineOf({ triggers: ['x'] })).toThrow('triggers is a list');
  });

  it('says what would not run', () => {
    expect(problemsOf(of('a', 'b<a'))).toEqual([]);
    expect(problemsOf(of('a<b', 'b<a')).join()).toContain('circle');
    expect(problemsOf(of('a<z')).join()).toContain('not there');
    expect(problemsOf(of('a', 'a')).join()).toContain('Two stages');
    expect(problemsOf({ ...of(), name: ' ' }).join()).toContain('no name');
  });

  it('is put in order, and bears circles', () => {
    expect(inOrder(of('c<b', 'b<a', 'a', 'd')).map(({ refId }) => refId)).toEqual(['a', 'd', 'b', 'c']);
    expect(inOrder(of('a<b', 'b<a', 'c')).map(({ refId }) => refId)).toEqual(['c', 'a', 'b']);
    expect([...ancestors(of('a<b', 'b<a'), 'a')].toSorted()).toEqual(['a', 'b']);
  });
});
