/** Firewalls, which clouds call security groups: `/firewalls`. */
import { queryOptions } from '@tanstack/react-query';

import type { Firewall } from './cloud';
import { get, path } from './http';

/** gate's list: by account, provider and region. */
type ByPlace = Record<string, Record<string, Record<string, Omit<Firewall, 'account' | 'region' | 'cloudProvider'>[]>>>;

/** All firewalls. No event tells of a change: whoever comes to the list asks. */
export function firewalls(application: string) {
  return queryOptions({
    queryKey: ['firewalls', application],
    queryFn: async ({ signal }) => flat(await get<ByPlace>('/firewalls', { signal })),
    staleTime: 0,
  });
}

/** One firewall with its rules. */
export function firewall(application: string, provider: string, account: string, region: string, name: string, vpcId?: string) {
  return queryOptions({
    queryKey: ['firewalls', application, 'one', provider, account, region, name, vpcId],
    queryFn: ({ signal }) => get<Firewall>(path('firewalls', account, region, name), { signal, query: { provider, vpcId } }),
  });
}

/** The list without its levels. */
export function flat(places: ByPlace): Firewall[] {
  return Object.entries(places).flatMap(([account, providers]) =>
    Object.entries(providers).flatMap(([cloudProvider, regions]) =>
      Object.entries(regions).flatMap(([region, all]) => all.map((one) => ({ ...one, account, cloudProvider, region }) as Firewall)),
    ),
  );
}
