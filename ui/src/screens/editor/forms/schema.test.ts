import { expect, it } from 'vitest';

import { specsOf, titleOf } from './schema';
import { keysOf, shown } from './spec';

it('makes a field of each property', () => {
  const specs = specsOf({
    type: 'object',
    required: ['url'],
    properties: {
      url: { type: 'string', title: 'Url', description: 'What to call.' },
      waitTime: { type: ['number', 'string'], default: 30 },
      retries: { type: ['integer', 'string'] },
      always: { type: ['boolean', 'string'] },
      mode: { anyOf: [{ enum: ['a', 'b'] }, { type: 'string', pattern: '\\$\\{' }] },
      codes: { type: ['array', 'string'] },
      checks: { type: ['array', 'string'], items: { type: 'object', properties: { fail: { type: 'boolean' } } } },
      headers: { type: 'object', properties: {} },
      payload: {},
    },
  });
  const kinds = specs.map(({ at, kind }) => `${at.join('.')} ${kind}`);
  expect(kinds).toEqual(['url text', 'waitTime number', 'retries integer', 'always flag', 'mode choice', 'codes texts', 'checks list', 'headers map', 'payload json']);
  expect(specs[0]).toEqual({ kind: 'text', at: ['url'], label: 'Url', description: 'What to call.', required: true });
  expect(specs[1]).toMatchObject({ label: 'Wait time', default: 30 });
  expect(specs[4]?.choices).toEqual([{ value: 'a', label: 'a' }, { value: 'b', label: 'b' }]);
  expect(specs[6]?.fields).toEqual([{ kind: 'flag', at: ['fail'], label: 'Fail' }]);
});

it('puts an object within the object into a group', () => {
  const [capacity] = specsOf({ properties: { capacity: { type: 'object', properties: { min: { type: 'integer' }, bounds: { type: 'object', properties: { max: { type: 'integer' } } } } } } });
  expect(capacity).toMatchObject({ kind: 'group', label: 'Capacity', folded: true });
  const fields = shown(capacity ? [capacity] : [], {});
  expect(fields.map(({ at }) => at)).toEqual([['capacity', 'min'], ['capacity', 'bounds', 'max']]);
  expect(keysOf(fields, {})).toEqual(new Set(['capacity']));
});

it('asks which of the variants it is', () => {
  const specs = specsOf({
    oneOf: [
      { title: 'HTTP', properties: { type: { const: 'http' }, path: { type: 'string' } }, required: ['path'] },
      { properties: { type: { const: 'tcp' }, port: { type: 'integer' } } },
    ],
  });
  expect(specs[0]).toMatchObject({ kind: 'choice', at: ['type'], choices: [{ value: 'http', label: 'HTTP' }, { value: 'tcp', label: 'tcp' }] });
  expect(shown(specs, { type: 'http' }).map(({ at }) => at[0])).toEqual(['type', 'path']);
  expect(shown(specs, { type: 'tcp' }).map(({ at }) => at[0])).toEqual(['type', 'port']);
  const of = specsOf({ properties: { status: { oneOf: [{ const: 'up', title: 'Up' }, { const: 'down' }] } } });
  expect(of[0]).toMatchObject({ kind: 'choice', choices: [{ value: 'up', label: 'Up' }, { value: 'down', label: 'down' }] });
});

it('makes titles of names', () => {
  expect([titleOf('waitTime'), titleOf('deploy.server.groups'), titleOf('x')]).toEqual(['Wait time', 'Deploy server groups', 'X']);
});
