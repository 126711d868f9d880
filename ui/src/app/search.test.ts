import { describe, expect, it } from 'vitest';

import { listOf, parseSearch, stringifySearch, texts, textOf, toggled } from './search';

describe('what stands in an address', () => {
  it('is read as texts, and what a screen does not know is left out', () => {
    const read = texts('q', 'status');
    expect(read({ q: 'a', other: 'b', status: '' })).toEqual({ q: 'a' });
  });

  it('has lists with commas, also of names that have some', () => {
    const names = ['a', 'b, c', '100%'];
    expect(listOf(textOf(names))).toEqual(names);
    expect(listOf('RUNNING,PAUSED')).toEqual(['RUNNING', 'PAUSED']);
    expect(listOf(undefined)).toEqual([]);
    expect(textOf([])).toBeUndefined();
  });

  it('takes a part in and out', () => {
    expect(toggled('a', 'b')).toBe('a,b');
    expect(toggled('a,b', 'a')).toBe('b');
    expect(toggled('a', 'a')).toBeUndefined();
  });

  it('comes back as it went', () => {
    const search = { q: '<script> & 100% مرحبا', status: 'RUNNING,PAUSED', none: undefined };
    expect(parseSearch(stringifySearch(search))).toEqual({ q: search.q, status: search.status });
    expect(stringifySearch({})).toBe('');
  });
});
