import { expect, it } from 'vitest';

import { empty } from '../model';
import { asNumber, countProblems, problemOf } from './problems';
import { flag, group, integer, list, map, number, text, texts } from './spec';

const scope = { pipeline: empty('shop', 'deploy') };
const wrong = (spec: Parameters<typeof problemOf>[0], value: unknown) => problemOf(spec, { x: value }, scope);

it('takes an expression anywhere', () => {
  for (const make of [text, number, integer, flag, list, map, texts]) expect(wrong(make('x', 'X', { required: true }), 'a ${b}'), make.toString()).toBeUndefined();
});

it('says what a value should be', () => {
  expect(wrong(number('x', 'X'), 'many')).toMatch(/a number/);
  expect(wrong(number('x', 'X'), '2.5')).toBeUndefined();
  expect(wrong(integer('x', 'X'), 2.5)).toMatch(/whole number/);
  expect(wrong(flag('x', 'X'), 'perhaps')).toMatch(/yes, no/);
  expect(wrong(flag('x', 'X'), 'true')).toBeUndefined();
  expect(wrong(list('x', 'X'), {})).toMatch(/list/);
  expect(wrong(map('x', 'X'), [])).toMatch(/object/);
});

it('misses what is needed and has no default', () => {
  expect(wrong(text('x', 'X', { required: true }), undefined)).toBe('This is needed.');
  expect(wrong(text('x', 'X', { required: true, default: 'POST' }), '')).toBeUndefined();
  expect(wrong(text('x', 'X'), null)).toBeUndefined();
});

it('counts them through groups and lists, where they are shown', () => {
  const specs = [group('G', [text('name', 'Name', { required: true })]), text('hidden', 'H', { required: true, when: () => false }), list('items', 'Items', { fields: [integer('n', 'N', { required: true })] })];
  expect(countProblems(specs, { items: [{ n: 1 }, { n: 'x' }, {}] }, scope)).toBe(3);
});

it('reads numbers of texts', () => {
  expect([asNumber(' 3 '), asNumber(''), asNumber('3x'), asNumber('Infinity'), asNumber(true)]).toEqual([3, undefined, undefined, undefined, undefined]);
});
