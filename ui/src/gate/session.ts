/** Who uses the page, and what this gate is. */
import { queryOptions } from '@tanstack/react-query';

import { address, get } from './http';
import type { User } from './wire';

/** The user; `anonymous` where nobody signs in. */
export const user = queryOptions({
  queryKey: ['user'],
  queryFn: ({ signal }) => get<User>('/auth/user', { signal }),
  staleTime: 600_000,
});

/** gate's version. */
export const version = queryOptions({
  queryKey: ['version'],
  queryFn: ({ signal }) => get<{ version: string }>('/version', { signal }),
  staleTime: 600_000,
});

/** Where to sign in: it leads back to this page. */
export function signInAddress(): string {
  return address('/auth/redirect', { to: window.location.href });
}
