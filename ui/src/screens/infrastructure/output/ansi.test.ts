import { describe, expect, it } from 'vitest';

import { pieces, plain } from './ansi';

const ESC = '\u001b';

describe('output for terminals', () => {
  it('keeps its colours', () => {
    expect(pieces(`a ${ESC}[1;31mbad${ESC}[0m end`)).toEqual([{ text: 'a ' }, { text: 'bad', colour: 'red', isBold: true }, { text: ' end' }]);
    expect(pieces(`${ESC}[92mok${ESC}[39m.`)).toEqual([{ text: 'ok', colour: 'green' }, { text: '.' }]);
    expect(pieces(`${ESC}[38;5;196mx${ESC}[38;2;31;32;33my`)).toEqual([{ text: 'x' }, { text: 'y' }]);
  });

  it('moves nothing, clears nothing, links to nothing', () => {
    expect(plain(`${ESC}[2J${ESC}[H${ESC}]0;title\u0007a${ESC}]8;;http://evil${ESC}\\link${ESC}]8;;${ESC}\\b${ESC}c`)).toBe('alinkb');
    expect(plain(`${ESC}]52;c;ZXZpbA==`)).toBe('');
    expect(plain(`cut ${ESC}`)).toBe('cut ');
    expect(plain(`cut ${ESC}[`)).not.toContain(ESC);
  });

  it('shows control characters instead of obeying them', () => {
    expect(plain('a\u0000b\u0008c\rd')).toBe('a\u2400b\u2408c\u240dd');
    expect(plain('x\u202ey')).toBe('x\u25a1y');
    expect(plain('tab\tstays <script>')).toBe('tab\tstays <script>');
  });
});
