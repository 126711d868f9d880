import { describe, expect, it } from 'vitest';

import { changes, isUnchanged, merge, same } from './changes';
import { addStage, connect, empty, moveStage, type Pipeline, removeStage, renameStage, replaceStage, stage } from './model';

function wait(refId: string, name: string, ...before: string[]) {
  return { refId, name, type: 'wait', requisiteStageRefIds: before, waitTime: 1 };
}

const base: Pipeline = { ...empty('shop', 'Deploy'), id: 'x', updateTs: '1', stages: [wait('1', 'Bake'), wait('2', 'Deploy', '1'), wait('3', 'Check', '2')] };
const slower = (given: Pipeline, refId: string, waitTime: number): Pipeline => {
  const found = stage(given, refId);
  return found ? replaceStage(given, { ...found, waitTime }) : given;
};

describe('two versions', () => {
  it('are the same whenever and in whatever order they were written', () => {
    expect(isUnchanged(base, { ...base, updateTs: '9', lastModifiedBy: 'bob' })).toBe(true);
    expect(isUnchanged(base, Object.fromEntries(Object.entries(base).toReversed()) as Pipeline)).toBe(true);
    expect(isUnchanged(base, { ...base, description: 'new' })).toBe(false);
    expect(same({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
    expect(same({ a: 1 }, { b: 1 })).toBe(false);
    expect(same([], {})).toBe(false);
  });

  it('are told apart in words', () => {
    const other = { ...renameStage(removeStage(addStage(base, { type: 'wait', name: 'Soak' }, '3').pipeline, '1'), '3', 'Verify'), disabled: true, triggers: [{ type: 'cron' }], name: 'Ship' };
    expect(changes(base, other)).toEqual([
      'The stage Deploy is changed: it waits for nothing.',
      'The stage Verify is changed: it was called Check.',
      'The stage Soak is added.',
      'The stage Bake is removed.',
      'It is called Ship; it was called Deploy.',
      'The triggers are changed.',
      'It is disabled.',
    ]);
    expect(changes(base, moveStage(base, '3', -1))).toEqual(['The stages stand in another order.']);
    expect(changes(base, slower(base, '2', 9))).toEqual(['The stage Deploy is changed: waitTime.']);
    expect(changes(base, base)).toEqual([]);
  });
});

describe('what two people changed', () => {
  it('is put together where they did not touch the same', () => {
    const mine = { ...slower(base, '1', 60), description: 'mine' };
    const theirs = { ...addStage(slower(base, '3', 5), { type: 'wait', name: 'Soak' }, '3').pipeline, updateTs: '2', lastModifiedBy: 'bob' };
    const merged = merge(base, mine, theirs);
    if (!('pipeline' in merged)) throw new Error('it is put together');
    expect(merged.pipeline).toMatchObject({ description: 'mine', updateTs: '2', lastModifiedBy: 'bob' });
    expect(merged.pipeline.stages.map(({ name, waitTime }) => [name, waitTime])).toEqual([['Bake', 60], ['Deploy', 1], ['Check', 5], ['Soak', undefined]]);
  });

  it('is not put together where they did', () => {
    expect(merge(base, slower(base, '2', 5), slower(base, '2', 6))).toEqual({ both: ['the stage Deploy'] });
    expect(merge(base, removeStage(base, '3'), slower(base, '3', 6))).toEqual({ both: ['the stage Check'] });
    expect(merge(base, { ...base, description: 'a' }, { ...base, description: 'b' })).toEqual({ both: ['description'] });
    const twice = (name: string) => addStage(base, { type: 'wait', name }, '3').pipeline;
    expect(merge(base, twice('Mine'), twice('Theirs'))).toEqual({ both: ['the stage Mine'] });
  });

  it('is one where both did the same', () => {
    expect(merge(base, slower(base, '2', 5), { ...slower(base, '2', 5), updateTs: '2' })).toMatchObject({ pipeline: { updateTs: '2' } });
  });

  it('is refused where it would be a circle', () => {
    const given = { ...base, stages: [wait('1', 'a'), wait('2', 'b')] };
    expect(merge(given, connect(given, '1', '2'), connect(given, '2', '1'))).toMatchObject({ both: [expect.stringContaining('circle')] });
  });

  it('keeps my new stage after the one that I put it behind', () => {
    const mine = addStage(base, { type: 'wait', name: 'Mine' }, '1').pipeline;
    const theirs = { ...moveStage(base, '1', 2), updateTs: '2' };
    const merged = merge(base, mine, theirs);
    expect('pipeline' in merged && merged.pipeline.stages.map(({ name }) => name)).toEqual(['Deploy', 'Check', 'Bake', 'Mine']);
  });
});
