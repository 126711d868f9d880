/**
 * Sentences with names in them that people wrote. A name may turn the direction of what follows it; where it could, it is
 * kept to itself, as `<bdi>` does it where there are elements. Names that cannot stay as they are.
 */

/** Letters of scripts that run from right to left, and the characters that say how a text runs. */
const TURNS = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]|[\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const ISOLATES = '\u2068';
const ENDS = '\u2069';

/** A name within a sentence. */
export function isolated(name: string): string {
  return TURNS.test(name) ? `${ISOLATES}${name}${ENDS}` : name;
}

/** A sentence of which every value is a name, or a number: ``sentence`${name} is saved.` ``. */
export function sentence(words: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return words.map((word, index) => word + (index < values.length ? isolated(String(values[index])) : '')).join('');
}
