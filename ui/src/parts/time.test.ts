import { describe, expect, it } from 'vitest';

import { age, duration, moment } from './time';

describe('times', () => {
  it('say how long in the shortest form', () => {
    const cases: [number, string][] = [
      [0, '0 s'],
      [440, '0.4 s'],
      [1000, '1 s'],
      [59_999, '59 s'],
      [185_000, '3 min 5 s'],
      [120_000, '2 min'],
      [7_800_000, '2 h 10 min'],
      [356_400_000, '4 d 3 h'],
      [-5, '0 s'],
    ];
    for (const [millis, text] of cases) expect(duration(millis)).toBe(text);
  });

  it('say how long ago', () => {
    expect(age(1000, 1200)).toBe('now');
    expect(age(0, 61_000)).toBe('1 min ago');
    expect(age(0, 172_800_000)).toBe('2 d ago');
  });

  it('name their zone', () => {
    expect(moment(0)).toMatch(/^19(69|70)-\d\d-\d\d \d\d:00:00 \S+$/);
  });
});
