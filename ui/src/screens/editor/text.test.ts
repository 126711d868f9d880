import { describe, expect, it } from 'vitest';

import { empty, type Pipeline } from './model';
import { read, written } from './text';

const given: Pipeline = {
  ...empty('shop', '<script> مرحبا 🎉'),
  id: '1',
  updateTs: '7',
  odd: { deep: [1, null, 'yes', '0x10', 'no: colon', '- dash', '2026-11-29'] },
  stages: [{ refId: '1', requisiteStageRefIds: [], type: 'wait', name: 'Wait\nlong', waitTime: '${1 + 1}' }],
};

describe('a pipeline as a text', () => {
  for (const language of ['json', 'yaml'] as const) {
    it(`comes back from ${language} as it went`, () => {
      const text = written(given, language);
      expect(text).not.toContain('updateTs');
      expect(read(text, language, given)).toEqual({ pipeline: given });
    });
  }

  it('says the line of what is wrong, and gives nothing', () => {
    expect(read('{\n  "name": "a",\n  "stages": [,]\n}', 'json', given)).toMatchObject({ wrong: [{ line: 3 }] });
    expect(read('{\n  "name": "a"\n  "stages": []\n}', 'json', given)).toMatchObject({ wrong: [{ line: 3 }] });
    expect(read('{"name": "a", stages: []}', 'json', given), 'YAML, but no JSON').toMatchObject({ wrong: [{ line: 1 }] });
    expect(read('name: a\nstages:\n  - refId: 1\n   type: wait\n', 'yaml', given)).toMatchObject({ wrong: [{ line: 4 }] });
    expect(read('', 'json', given)).toHaveProperty('wrong');
    expect(read('- a', 'yaml', given)).toMatchObject({ wrong: [{ message: 'A pipeline is an object.' }] });
  });

  it('names a key that is there twice', () => {
    expect(read('{"name": "a",\n"name": "b"}', 'json', given)).toMatchObject({ wrong: [{ line: 2 }] });
  });

  it('does not take what would not run', () => {
    const circle = { ...given, stages: [{ refId: '1', requisiteStageRefIds: ['1'], type: 'wait', name: 'a' }] };
    expect(read(written(circle, 'json'), 'json', given)).toMatchObject({ wrong: [{ message: expect.stringContaining('circle') }] });
  });

  it('cannot take another pipeline’s place', () => {
    const text = JSON.stringify({ ...given, id: 'other', application: 'other', updateTs: '9' });
    expect(read(text, 'json', given)).toMatchObject({ pipeline: { id: '1', application: 'shop', updateTs: '7' } });
  });
});
