/** Output as lines, of which the newest are kept. */

/** What is kept: the lines, the last of which may go on, and how many were dropped. */
export interface Lines {
  readonly all: readonly string[];
  readonly dropped: number;
}

/** Nothing yet. */
export const NO_LINES: Lines = { all: [], dropped: 0 };

/** Lines that are kept. */
export const MOST = 50_000;
/** What is shown of one line. */
export const LONGEST = 4000;

/** The lines with a piece more. */
export function appended(lines: Lines, piece: string, most = MOST): Lines {
  if (piece === '') return lines;
  const parts = piece.split('\n').map((part) => (part.endsWith('\r') ? part.slice(0, -1) : part));
  const before = lines.all.length === 0 ? [''] : lines.all.slice();
  before[before.length - 1] = cut((before.at(-1) ?? '') + (parts[0] ?? ''));
  for (const part of parts.slice(1)) before.push(cut(part));
  const over = Math.max(0, before.length - most);
  return { all: over === 0 ? before : before.slice(over), dropped: lines.dropped + over };
}

/** The numbers of the lines with this text, in any case. */
export function found(lines: Lines, text: string, plain: (line: string) => string): number[] {
  const wanted = text.toLowerCase();
  if (wanted === '') return [];
  const numbers: number[] = [];
  lines.all.forEach((line, index) => {
    if (plain(line).toLowerCase().includes(wanted)) numbers.push(index);
  });
  return numbers;
}

function cut(line: string): string {
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}
