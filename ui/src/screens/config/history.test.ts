import { describe, expect, it } from 'vitest';

import { attributesText, changesBetween, changing, readAttributes, staying } from './history';

describe('versions of an application', () => {
  const old = { name: 'SHOP', email: 'a@b.c', updateTs: '1', description: null, trafficGuards: [] };
  const now = { name: 'shop', email: 'x@b.c', updateTs: '2', cloudProviders: 'local', more: { b: 1, a: 2 } };

  it('differ in what people write', () => {
    expect(changesBetween(old, now)).toEqual([
      { field: 'cloudProviders', before: undefined, after: 'local' },
      { field: 'email', before: 'a@b.c', after: 'x@b.c' },
      { field: 'more', before: undefined, after: '{\n  "a": 2,\n  "b": 1\n}' },
    ]);
    expect(changesBetween(now, { ...now, more: { a: 2, b: 1 } })).toEqual([]);
  });

  it('are made of one another', () => {
    expect(changing(now, old)).toEqual({ cloudProviders: '', email: 'a@b.c', more: {} });
    expect(changing(now, now)).toEqual({});
    expect(changing({ email: 'a@b.c', depth: 7, on: true, list: [1] }, { email: 'a@b.c' })).toEqual({ on: false, list: [] });
    expect(staying({ email: 'a@b.c', depth: 7, on: true }, { email: 'a@b.c' })).toEqual(['depth']);
    const guard = { account: 'a', enabled: true };
    expect(changing({ trafficGuards: [guard] }, {})).toEqual({ trafficGuards: [{ account: 'a', enabled: false }] });
    expect(changing({ trafficGuards: [{ ...guard, enabled: false }] }, {})).toEqual({});
  });
});

describe('attributes as JSON', () => {
  it('come back as they went', () => {
    const text = attributesText({ name: 'shop', email: 'a@b.c', updateTs: '1', extra: [1] });
    expect(readAttributes(text)).toEqual({ attributes: { email: 'a@b.c', extra: [1] } });
  });

  it('say what is wrong', () => {
    const problem = (text: string) => (readAttributes(text) as { problem?: string }).problem;
    expect(problem('{\n  "email": \n}')).toMatch(/^This is no JSON: /);
    expect(problem('[]')).toBe('Write an object: { … }.');
    expect(problem('{"email": 1}')).toMatch(/^email is needed/);
    expect(problem('{"email": "a@b.c", "name": "x"}')).toBe('name cannot be written: leave it out.');
    expect(problem('{"email": "a@b.c", "trafficGuards": {}}')).toBe('trafficGuards has to be a list: [ … ].');
  });
});
