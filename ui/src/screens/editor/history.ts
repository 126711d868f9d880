/**
 * Steps back and forth: what a pipeline was before each change, and after those that were undone. Pure.
 *
 * Typed changes of one kind that follow one another closely (letters in a field) are one step; any other is one of its own.
 */

/** A change: what it was before, and what was done. */
export interface Step<T> {
  readonly value: T;
  /** What was done, for the button: `Add a stage`. */
  readonly does: string;
}

/** A value with its steps. */
export interface History<T> {
  readonly past: readonly Step<T>[];
  readonly now: T;
  readonly future: readonly Step<T>[];
  /** When it was changed last, in epoch milliseconds. */
  readonly at: number;
}

const MOST = 200;
const CLOSELY = 1000;

/** Nothing done yet. */
export function begin<T>(now: T): History<T> {
  return { past: [], now, future: [], at: 0 };
}

/** A change at the moment `at`, in epoch milliseconds, typed or not. What was undone is gone. */
export function change<T>(history: History<T>, now: T, does: string, at: number, isTyped = false): History<T> {
  if (Object.is(now, history.now)) return history;
  const last = history.past.at(-1);
  const same = isTyped && last?.does === does && history.future.length === 0 && at - history.at < CLOSELY;
  const past = same ? history.past : [...history.past, { value: history.now, does }].slice(-MOST);
  return { past, now, future: [], at };
}

/** One step back, if there is one. */
export function undo<T>(history: History<T>): History<T> {
  const last = history.past.at(-1);
  if (!last) return history;
  return { past: history.past.slice(0, -1), now: last.value, future: [{ value: history.now, does: last.does }, ...history.future], at: 0 };
}

/** One step forth, if there is one. */
export function redo<T>(history: History<T>): History<T> {
  const [next, ...rest] = history.future;
  if (!next) return history;
  return { past: [...history.past, { value: history.now, does: next.does }], now: next.value, future: rest, at: 0 };
}
