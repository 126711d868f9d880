/** Which firewalls are an application's, and which of them are shown. */
import { listOf } from '../../app/search';
import type { Firewall, LoadBalancer, ServerGroup } from '../../gate/cloud';

/** The names of the address, which are upstream's. */
export const FILTERS = ['q', 'acct', 'reg', 'providerType'] as const;

/** The filters as they stand in the address. */
export type Filters = { readonly [name in (typeof FILTERS)[number]]?: string };

/** A firewall with the names of what it guards. */
export interface Guarding {
  readonly firewall: Firewall;
  readonly serverGroups: readonly string[];
  readonly loadBalancers: readonly string[];
}

/** An application's firewalls: those named after it, and those that its server groups and load balancers name. By name. */
export function guarding(application: string, all: readonly Firewall[], groups: readonly ServerGroup[], balancers: readonly LoadBalancer[]): Guarding[] {
  const found = all.map((firewall): Guarding => {
    const uses = (thing: { account: string; region: string; securityGroups?: readonly string[] }): boolean =>
      thing.account === firewall.account && thing.region === firewall.region && (thing.securityGroups ?? []).some((one) => one === firewall.name || one === firewall.id);
    return { firewall, serverGroups: groups.filter(uses).map(({ name }) => name), loadBalancers: balancers.filter(uses).map(({ name }) => name) };
  });
  const own = application.toLowerCase();
  return found
    .filter(({ firewall, serverGroups, loadBalancers }) => firewall.moniker?.app?.toLowerCase() === own || serverGroups.length + loadBalancers.length > 0)
    .toSorted((one, other) => one.firewall.name.localeCompare(other.firewall.name) || one.firewall.account.localeCompare(other.firewall.account));
}

/** Those that the filters leave. */
export function filtered(all: readonly Guarding[], filters: Filters): Guarding[] {
  const accounts = listOf(filters.acct);
  const regions = listOf(filters.reg);
  const providers = listOf(filters.providerType);
  const words = (filters.q ?? '').trim().toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(({ firewall, serverGroups, loadBalancers }) => {
    if (accounts.length > 0 && !accounts.includes(firewall.account)) return false;
    if (regions.length > 0 && !regions.includes(firewall.region)) return false;
    if (providers.length > 0 && !providers.includes(firewall.cloudProvider)) return false;
    const text = [firewall.name, firewall.id, firewall.account, firewall.region, ...serverGroups, ...loadBalancers].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
