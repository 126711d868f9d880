import { expect, it } from 'vitest';

import { isExpression, read, textOf, withOthers, without, write } from './values';

const stage = { type: 'deploy', capacity: { min: 1, own: true }, unknown: { kept: [1] } };

it('changes what is at the path and nothing else', () => {
  const changed = write(stage, ['capacity', 'min'], 2);
  expect(changed).toEqual({ type: 'deploy', capacity: { min: 2, own: true }, unknown: { kept: [1] } });
  expect(changed['unknown']).toBe(stage.unknown);
  expect(stage.capacity.min).toBe(1);
  expect(write(stage, ['moniker', 'app'], 'shop')).toMatchObject({ moniker: { app: 'shop' } });
  expect(write({ capacity: '${c}' }, ['capacity', 'min'], 2)).toEqual({ capacity: { min: 2 } });
});

it('takes a key away, and objects that have nothing left', () => {
  expect(write(stage, ['capacity', 'min'], undefined)).toMatchObject({ capacity: { own: true } });
  expect(write({ a: { b: { c: 1 } }, d: {} }, ['a', 'b', 'c'], undefined)).toEqual({ d: {} });
  expect(write(stage, ['nothing', 'here'], undefined)).toBe(stage);
});

it('reads through what is no object', () => {
  expect(read(stage, ['capacity', 'min'])).toBe(1);
  expect(read(stage, ['type', 'length'])).toBeUndefined();
  expect(read([1], ['0'])).toBeUndefined();
});

it('keeps what a form does not know when that is edited as JSON', () => {
  const names = new Set(['type', 'capacity']);
  expect(without(stage, names)).toEqual({ unknown: { kept: [1] } });
  expect(withOthers(stage, names, { unknown: 2, more: 3 })).toEqual({ type: 'deploy', capacity: { min: 1, own: true }, unknown: 2, more: 3 });
  expect(withOthers(stage, names, {})).toEqual({ type: 'deploy', capacity: { min: 1, own: true } });
  expect(withOthers(stage, names, { type: 'other' }), 'what has a field of its own is not changed here').toEqual({ type: 'deploy', capacity: { min: 1, own: true } });
});

it('shows values as text', () => {
  expect([textOf(undefined), textOf(null), textOf('a'), textOf(3), textOf([1])]).toEqual(['', '', 'a', '3', '[\n  1\n]']);
  expect([isExpression('${a}'), isExpression('x ${a'), isExpression('$a'), isExpression(3)]).toEqual([true, true, false, false]);
});
