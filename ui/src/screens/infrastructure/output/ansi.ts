/**
 * What programs write for terminals, as plain pieces of text: colours are kept, everything else that a terminal would obey (moving,
 * clearing, titles, links) is taken out, and control characters are shown as what they are.
 */

/** A piece of a line in one look. */
export interface Piece {
  readonly text: string;
  /** One of `COLOURS`. */
  readonly colour?: string;
  readonly isBold?: boolean;
}

/** The names of the eight colours, in the order of their numbers. */
export const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

// CSI: `ESC [ ... letter`. OSC, DCS and the like: until BEL or `ESC \`. Others: ESC and one or two characters.
// oxlint-disable-next-line no-control-regex
const SEQUENCE = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]?[0-~]?|\u009b[0-?]*[ -/]*[@-~]/g;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A line without anything that a terminal would obey. */
export function plain(line: string): string {
  return shown(line.replace(SEQUENCE, ''));
}

/** A line in pieces. */
export function pieces(line: string): Piece[] {
  const found: Piece[] = [];
  let colour: string | undefined;
  let isBold = false;
  let at = 0;
  const add = (text: string): void => {
    if (text === '') return;
    found.push({ text: shown(text), ...(colour === undefined ? {} : { colour }), ...(isBold ? { isBold } : {}) });
  };
  for (const match of line.matchAll(SEQUENCE)) {
    add(line.slice(at, match.index));
    at = match.index + match[0].length;
    const codes = coloursOf(match[0]);
    for (let index = 0; index < codes.length; index += 1) {
      const code = codes[index] ?? 0;
      if (code === 0) {
        colour = undefined;
        isBold = false;
      } else if (code === 1) isBold = true;
      else if (code === 22) isBold = false;
      else if (code >= 30 && code <= 37) colour = COLOURS[code - 30];
      else if (code >= 90 && code <= 97) colour = COLOURS[code - 90];
      else if (code === 39) colour = undefined;
      else if (code === 38 || code === 48) index += codes[index + 1] === 5 ? 2 : 4;
    }
  }
  add(line.slice(at));
  return found;
}

/** The numbers of a sequence that sets colours; none of another one. */
function coloursOf(sequence: string): number[] {
  // The beginning is one character, or two.
  const rest = sequence.slice(sequence.startsWith('\u009b') ? 1 : 2);
  return /^[\d;]*m$/.test(rest) && sequence.charAt(1) !== ']' ? rest.slice(0, -1).split(';').map(Number) : [];
}

/** Control characters as pictures of them, those that turn text around as a box. */
function shown(text: string): string {
  return text.replace(CONTROL, (one) => {
    const code = one.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\u25a1';
  });
}
