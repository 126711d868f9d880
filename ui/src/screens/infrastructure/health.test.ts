import { describe, expect, it } from 'vitest';

import { countHealth, lookOf, present, sentenceOf, sumCounts, totalOf } from './health';

const of = (...states: string[]) => states.map((healthState) => ({ healthState }));

describe('health', () => {
  it('is counted by state, in one order', () => {
    const counts = countHealth(of('Down', 'Up', 'Up', 'OutOfService', 'Starting'));
    expect(sentenceOf(counts)).toBe('2 up, 1 starting, 1 down, 1 out of service');
    expect(totalOf(counts)).toBe(5);
    expect(present(counts).map(({ tone }) => tone)).toEqual(['good', 'running', 'bad', 'stopped']);
  });

  it('of a state that is not known is unknown, and lost to no count', () => {
    const counts = countHealth(of('Up', 'Gone <b>', 'Unknown'));
    expect(sentenceOf(counts)).toBe('1 up, 2 unknown');
    expect(lookOf(undefined).word).toBe('unknown');
  });

  it('of several is summed', () => {
    const sum = sumCounts([countHealth(of('Up')), countHealth(of('Up', 'Down')), countHealth([])]);
    expect(sentenceOf(sum)).toBe('2 up, 1 down');
    expect(sentenceOf(countHealth([]))).toBe('no instances');
  });
});
