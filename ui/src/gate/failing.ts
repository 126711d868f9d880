/** What gate fails at: said without flicker by what has nothing to show, and over every screen. */
import { useState, useSyncExternalStore } from 'react';

import { client } from './client';
import { GateError } from './errors';

/** What of a query says how it failed. */
interface Asked {
  readonly data?: unknown;
  readonly error: unknown;
  readonly errorUpdateCount: number;
}

/** What a query without an answer failed with, also while it is asked again; null if it did not. */
export function useFailure({ data, error, errorUpdateCount }: Asked): unknown {
  const [last, setLast] = useState<unknown>(null);
  if (error !== null && error !== last) setLast(error);
  if (data !== undefined) return null;
  // Of another query, which has not failed yet, `last` says nothing.
  return error ?? (errorUpdateCount > 0 ? last : null);
}

/** Why something that the screen asks for is old or missing: gate answers, and fails at it. */
export function useFailing(): GateError | undefined {
  return useSyncExternalStore(follow, failing);
}

function follow(act: () => void): () => void {
  return client.getQueryCache().subscribe(act);
}

/** What a query failed with last: it forgets that while it is asked again. */
const last = new WeakMap<object, GateError>();

function failing(): GateError | undefined {
  for (const query of client.getQueryCache().getAll()) {
    const { error, status, errorUpdateCount } = query.state;
    if (error instanceof GateError) last.set(query, error);
    const known = error ?? (status === 'pending' && errorUpdateCount > 0 ? last.get(query) : undefined);
    if (known instanceof GateError && known.isPassing && query.isActive()) return known;
  }
  return undefined;
}
