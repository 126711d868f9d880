/**
 * The page's memory of gate's answers, and the rules for all of it.
 *
 * An answer is shown as long as there is one, however old, while a newer one is asked for: nothing flickers. A query that
 * failed for a reason that passes is asked again every few seconds, and at once when gate is back.
 */
import { QueryClient } from '@tanstack/react-query';

import { connection, onReturn } from './connection';
import { GateError } from './errors';

const TRY_AGAIN = 4000;

/**
 * When a query is asked again that failed for a reason that passes, in milliseconds; false for others. A query with a
 * `refetchInterval` of its own that may be false answers with this instead.
 */
export function tryAgain({ state: { error } }: { readonly state: { readonly error: unknown } }): number | false {
  return error instanceof GateError && error.isPassing && connection() === 'fine' ? TRY_AGAIN : false;
}

/** The page's memory. */
export const client = new QueryClient({
  defaultOptions: {
    queries: {
      // Requests try again by themselves: see http.ts.
      retry: false,
      staleTime: 5000,
      gcTime: 300_000,
      networkMode: 'always',
      refetchOnWindowFocus: true,
      refetchInterval: (query) => tryAgain(query),
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});

onReturn(() => void client.invalidateQueries());
