/** Which server groups are shown: the filters of the address, by upstream's names. */
import { listOf } from '../../app/search';
import type { Instance, ServerGroup } from '../../gate/cloud';
import { lookOf } from '../infrastructure/health';

/** The names of the address: text, accounts, regions, clouds, how they are, clusters, and how instances are drawn. */
export const FILTERS = ['q', 'acct', 'reg', 'providerType', 'status', 'clusters', 'hideInstances', 'listInstances'] as const;

/** The filters as they stand in the address; several of one are joined by commas. */
export type Filters = { readonly [name in (typeof FILTERS)[number]]?: string };

/** What `status` may be. `Up` is a server group without an instance that is down. */
export const STATUSES = [
  { value: 'Up', label: 'Healthy' },
  { value: 'Down', label: 'Unhealthy' },
  { value: 'Disabled', label: 'Disabled' },
  { value: 'Starting', label: 'Starting' },
  { value: 'OutOfService', label: 'Out of service' },
  { value: 'Unknown', label: 'Unknown' },
] as const;

/** Whether anything is left out. */
export function isFiltered(filters: Filters): boolean {
  return (['q', 'acct', 'reg', 'providerType', 'status', 'clusters'] as const).some((name) => Boolean(filters[name]));
}

/** The server groups that the filters leave. A text that an instance's id has leaves the server group with that instance alone. */
export function filtered(groups: readonly ServerGroup[], filters: Filters): ServerGroup[] {
  const accounts = new Set(listOf(filters.acct));
  const regions = new Set(listOf(filters.reg));
  const providers = new Set(listOf(filters.providerType));
  const clusters = new Set(listOf(filters.clusters));
  const statuses = listOf(filters.status);
  const words = (filters.q ?? '').trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found: ServerGroup[] = [];
  for (const group of groups) {
    if (accounts.size > 0 && !accounts.has(group.account)) continue;
    if (regions.size > 0 && !regions.has(group.region)) continue;
    if (providers.size > 0 && !providers.has(group.cloudProvider)) continue;
    if (clusters.size > 0 && !clusters.has(`${group.account}:${group.cluster}`)) continue;
    if (statuses.length > 0 && !statuses.some((status) => isSo(group, status))) continue;
    const text = words.length === 0 ? group : withWords(group, words);
    if (text) found.push(text);
  }
  return found;
}

function isSo(group: ServerGroup, status: string): boolean {
  const has = (state: string): boolean => group.instances.some(({ healthState }) => lookOf(healthState).state === state);
  if (status === 'Up') return !has('Down');
  if (status === 'Disabled') return group.isDisabled === true;
  return has(status);
}

/** What a server group is found by beside its instances' ids. */
function textOf(group: ServerGroup): string {
  const build = group.buildInfo;
  const built = [build?.version, build?.commit, build?.jenkins?.name, build?.jenkins?.number, ...(build?.images ?? [])];
  const parts = [group.name, group.cluster, group.account, group.region, group.cloudProvider, ...(group.loadBalancers ?? []), ...built];
  return parts.filter(Boolean).join('\n').toLowerCase();
}

function withWords(group: ServerGroup, words: readonly string[]): ServerGroup | undefined {
  const text = textOf(group);
  const rest = words.filter((word) => !text.includes(word));
  if (rest.length === 0) return group;
  const instances = group.instances.filter((instance) => rest.every((word) => named(instance).includes(word)));
  return instances.length === 0 ? undefined : { ...group, instances };
}

function named(instance: Instance): string {
  return `${instance.id}\n${instance.name ?? ''}`.toLowerCase();
}
