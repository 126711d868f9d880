/** What was meant by a few letters: things whose name has them, the likeliest first. */

/** Those whose text has all words, in the order: begins with it, has it, has its letters in their order. */
export function ranked<T>(all: readonly T[], typed: string, textOf: (one: T) => string): T[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return [...all];
  const scored = all.map((one, index) => ({ one, index, score: score(textOf(one).toLowerCase(), wanted) }));
  return scored
    .filter(({ score }) => score > 0)
    .toSorted((left, right) => right.score - left.score || left.index - right.index)
    .map(({ one }) => one);
}

function score(text: string, wanted: string): number {
  if (text === wanted) return 5;
  if (text.startsWith(wanted)) return 4;
  if (new RegExp(`[-_ .]${wanted.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`).test(text)) return 3;
  if (wanted.split(/\s+/).every((word) => text.includes(word))) return 2;
  return hasInOrder(text, wanted) ? 1 : 0;
}

function hasInOrder(text: string, wanted: string): boolean {
  let at = 0;
  for (const letter of text) if (letter === wanted[at]) at += 1;
  return at === wanted.length;
}
