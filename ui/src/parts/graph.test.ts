import { describe, expect, it } from 'vitest';

import { layout } from './graph';

const stage = (refId: string, ...requisites: string[]) => ({ refId, requisites });

describe('a graph', () => {
  it('has each stage right of what it waits for, and no two in one place', () => {
    const stages = [stage('a'), stage('b', 'a'), stage('c', 'a'), stage('d', 'b', 'c'), stage('e', 'a', 'd'), stage('f')];
    const { places, columns, rows } = layout(stages);
    for (const { refId, requisites } of stages) {
      for (const before of requisites) {
        expect(places.get(before)?.column).toBeLessThan(places.get(refId)?.column ?? -1);
      }
    }
    const taken = [...places.values()].map(({ column, row }) => `${column}/${row}`);
    expect(new Set(taken).size).toBe(stages.length);
    expect([columns, rows]).toEqual([4, 2]);
  });

  it('bears circles and what is not there', () => {
    const { places } = layout([stage('a', 'b'), stage('b', 'a'), stage('c', 'gone')]);
    expect(places.size).toBe(3);
  });

  it('places two hundred stages at once', () => {
    const stages = Array.from({ length: 200 }, (_, n) => stage(String(n), ...(n < 4 ? [] : [String(n - 4), String(n - 3)])));
    expect(layout(stages).places.size).toBe(200);
  });
});
