/** Which load balancers are shown, and how healthy what stands behind one is. */
import { listOf } from '../../app/search';
import type { LoadBalancer } from '../../gate/cloud';
import { countHealth, type Counts } from '../infrastructure/health';

/** The names of the address, which are upstream's. */
export const FILTERS = ['q', 'acct', 'reg', 'providerType'] as const;

/** The filters as they stand in the address. */
export type Filters = { readonly [name in (typeof FILTERS)[number]]?: string };

/** The load balancers that the filters leave, by name. */
export function filtered(all: readonly LoadBalancer[], filters: Filters): LoadBalancer[] {
  const accounts = listOf(filters.acct);
  const regions = listOf(filters.reg);
  const providers = listOf(filters.providerType);
  const words = (filters.q ?? '').trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter((balancer) => {
    if (accounts.length > 0 && !accounts.includes(balancer.account)) return false;
    if (regions.length > 0 && !regions.includes(balancer.region)) return false;
    if (providers.length > 0 && !providers.includes(balancer.cloudProvider)) return false;
    const groups = (balancer.serverGroups ?? []).map(({ name }) => name);
    const text = [balancer.name, balancer.account, balancer.region, ...groups, listenersOf(balancer)].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return found.toSorted((one, other) => one.name.localeCompare(other.name) || one.account.localeCompare(other.account));
}

/** How many of the instances behind it get requests, and how the others are. */
export function healthOf(balancer: LoadBalancer): Counts {
  const instances = (balancer.serverGroups ?? []).flatMap((group) => group.instances ?? []);
  return countHealth(instances.map(({ health }) => ({ healthState: health?.state ?? 'Unknown' })));
}

/** What it listens on, in a few words: `http 8080, tcp 9000`. */
export function listenersOf(balancer: LoadBalancer): string {
  const listeners = balancer.listeners ?? [];
  return listeners
    .map((listener) => [listener['protocol'] ?? listener['externalProtocol'], listener['port'] ?? listener['externalPort'] ?? listener['loadBalancerPort']].filter(Boolean).join(' '))
    .filter((text) => text !== '')
    .join(', ');
}
