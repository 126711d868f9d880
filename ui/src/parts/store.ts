/** A value that components follow: a state of the page that belongs to no screen. */
import { useSyncExternalStore } from 'react';

/** A value, how to change it, and the hook that follows it. */
export interface Store<T> {
  get: () => T;
  set: (next: T) => void;
  /** The value; the component renders again when it changes. */
  use: () => T;
}

/** A store that begins with `initial`. */
export function store<T>(initial: T): Store<T> {
  let value = initial;
  const followers = new Set<() => void>();
  const get = (): T => value;
  const follow = (act: () => void): (() => void) => {
    followers.add(act);
    return () => void followers.delete(act);
  };
  return {
    get,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const act of followers) act();
    },
    use: () => useSyncExternalStore(follow, get),
  };
}

/** A store whose value stays in the browser under `key`; a value that does not pass `accepts` counts as none. */
export function kept<T>(key: string, initial: T, accepts: (value: unknown) => value is T): Store<T> {
  const own = store(read(key, initial, accepts));
  globalThis.addEventListener?.('storage', (event: StorageEvent) => {
    if (event.key === key) own.set(read(key, initial, accepts));
  });
  return {
    ...own,
    set: (next) => {
      own.set(next);
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // Without a place to keep it, it holds until the page is left.
      }
    },
  };
}

function read<T>(key: string, initial: T, accepts: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    return accepts(value) ? value : initial;
  } catch {
    return initial;
  }
}
