import { describe, expect, it } from 'vitest';

import { appended, found, NO_LINES } from './lines';

describe('lines', () => {
  it('come in pieces that end anywhere', () => {
    const lines = ['one\ntw', 'o\r\n', '', 'three'].reduce((known, piece) => appended(known, piece), NO_LINES);
    expect(lines.all).toEqual(['one', 'two', 'three']);
  });

  it('are kept up to a number, the newest', () => {
    const lines = appended(appended(NO_LINES, 'a\nb\nc', 2), '\nd', 2);
    expect(lines).toEqual({ all: ['c', 'd'], dropped: 2 });
  });

  it('are cut where they are too long', () => {
    expect(appended(NO_LINES, 'x'.repeat(10_000)).all[0]).toHaveLength(4002);
  });

  it('are found in any case', () => {
    const lines = appended(NO_LINES, 'An error\nfine\nERROR again');
    expect(found(lines, 'error', (line) => line)).toEqual([0, 2]);
    expect(found(lines, '', (line) => line)).toEqual([]);
  });
});
