import { beforeEach, describe, expect, it } from 'vitest';

import { addStage, connect, empty, type Pipeline, renameStage } from './model';
import { Session } from './session';

const saved: Pipeline = {
  ...empty('shop', 'Deploy'),
  id: 'x',
  updateTs: '1',
  stages: ['1', '2'].map((refId) => ({ refId, type: 'wait', name: `S${refId}`, requisiteStageRefIds: refId === '1' ? [] : ['1'] })),
};

let refused: string[] = [];
let at = 0;
const open = (draft?: ConstructorParameters<typeof Session>[1]): Session => new Session(saved, draft, (why) => refused.push(why), () => (at += 5000));

beforeEach(() => {
  refused = [];
});

describe('a visit to the editor', () => {
  it('knows what is changed, and that nothing is once it is undone', () => {
    const session = open();
    expect(session.now).toMatchObject({ isChanged: false, chosen: '1' });
    session.make('Add a stage', (pipeline) => addStage(pipeline, { type: 'wait', name: 'S3' }, '2'));
    expect(session.now).toMatchObject({ isChanged: true, chosen: '3' });
    session.undo();
    expect(session.now).toMatchObject({ isChanged: false, chosen: '1' });
    session.redo();
    expect(session.pipeline.stages).toHaveLength(3);
  });

  it('refuses in words, and changes nothing', () => {
    const session = open();
    expect(session.edit('Connect', (pipeline) => connect(pipeline, '2', '1'))).toBe(false);
    expect(refused.join()).toContain('circle');
    expect(session.pipeline).toBe(saved);
  });

  it('walks through the stages, and chooses a neighbour of one that goes', () => {
    const session = open();
    session.walk(1);
    session.walk(1);
    expect(session.now.chosen).toBe('2');
    session.remove('2');
    expect(session.now.chosen).toBe('1');
    session.remove('1');
    expect(session.now.chosen).toBeUndefined();
  });

  it('goes on with what an earlier visit left', () => {
    const pipeline = renameStage(saved, '2', 'Soak');
    const session = open({ pipeline, base: saved, at: 77 });
    expect(session.now).toMatchObject({ isChanged: true, restored: 77 });
    session.undo();
    expect(session.pipeline).toBe(saved);
    expect(open({ pipeline: saved, base: saved, at: 77 }).now.restored, 'which was nothing').toBeUndefined();
    const unread = { language: 'json', text: '{' } as const;
    expect(open({ pipeline: saved, base: saved, at: 77, unread }).now).toMatchObject({ unread });
  });

  it('keeps what is changed while it is being saved', () => {
    const session = open();
    session.edit('Rename', (pipeline) => renameStage(pipeline, '1', 'First'));
    const sent = session.pipeline;
    session.edit('Rename', (pipeline) => renameStage(pipeline, '2', 'Second'));
    session.saved({ ...sent, updateTs: '2' }, sent);
    expect(session.now).toMatchObject({ isChanged: true, base: { updateTs: '2' } });
    session.saved({ ...session.pipeline, updateTs: '3' }, session.pipeline);
    expect(session.now).toMatchObject({ isChanged: false });
  });

  it('drops changes in a step that can be undone', () => {
    const session = open();
    session.edit('Rename', (pipeline) => renameStage(pipeline, '1', 'First'));
    session.revert();
    expect(session.now.isChanged).toBe(false);
    session.undo();
    expect(session.pipeline.stages[0]?.name).toBe('First');
  });
});
