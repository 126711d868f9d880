import { expect, it } from 'vitest';

import { begin, change, redo, undo } from './history';

it('goes back and forth', () => {
  const done = change(change(begin('a'), 'b', 'B', 1), 'c', 'C', 2);
  const back = undo(undo(done));
  expect([back.now, back.future.map(({ does }) => does)]).toEqual(['a', ['B', 'C']]);
  expect(redo(redo(back)).now).toBe('c');
  expect(undo(back)).toBe(back);
  expect(redo(done)).toBe(done);
});

it('forgets what was undone once something else is done', () => {
  const other = change(undo(change(begin('a'), 'b', 'B', 1)), 'z', 'Z', 2);
  expect([other.now, other.future.length, undo(other).now]).toEqual(['z', 0, 'a']);
});

it('takes what follows closely for one step', () => {
  let typed = begin('');
  for (const [index, text] of ['h', 'he', 'hey'].entries()) typed = change(typed, text, 'Rename', 5000 + index * 100, true);
  expect(undo(typed).now).toBe('');
  typed = change(typed, 'hey you', 'Rename', 9000, true);
  expect(undo(typed).now).toBe('hey');
  expect(change(typed, typed.now, 'Nothing', 9001)).toBe(typed);
});

it('takes what is not typed for a step each, however fast', () => {
  const done = change(change(begin('abc'), 'ab', 'Delete', 5000), 'a', 'Delete', 5001);
  expect(undo(done).now).toBe('ab');
});

it('keeps two hundred steps', () => {
  let long = begin(0);
  for (let step = 1; step <= 500; step += 1) long = change(long, step, `step ${step}`, step);
  expect(long.past).toHaveLength(200);
});
