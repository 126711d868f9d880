/** Accounts of clouds: `/credentials`. */
import { queryOptions } from '@tanstack/react-query';

import { get } from './http';
import type { Account } from './wire';

/** All accounts that the user may see. */
export const accounts = queryOptions({
  queryKey: ['accounts'],
  queryFn: ({ signal }) => get<Account[]>('/credentials', { signal, query: { expand: true } }),
  staleTime: 60_000,
});
