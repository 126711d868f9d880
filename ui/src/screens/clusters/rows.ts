/**
 * The list of clusters as rows of fixed heights, so that thousands of instances scroll: accounts, in them clusters, in them server
 * groups, the newest first, in them instances, as lines of squares or one a row.
 */
import type { Instance, ServerGroup } from '../../gate/cloud';
import { countHealth, type Counts, sumCounts } from '../infrastructure/health';

/** A cluster of an account. */
export interface Cluster {
  readonly key: string;
  readonly account: string;
  readonly name: string;
  readonly provider: string;
  readonly groups: readonly Group[];
  readonly counts: Counts;
}

/** A server group with its instances counted. */
export interface Group {
  readonly group: ServerGroup;
  readonly counts: Counts;
}

/** A row. */
export type Row =
  | { readonly kind: 'account'; readonly key: string; readonly account: string; readonly clusters: number; readonly counts: Counts }
  | { readonly kind: 'cluster'; readonly key: string; readonly cluster: Cluster }
  | { readonly kind: 'group'; readonly key: string; readonly cluster: Cluster; readonly group: Group }
  | { readonly kind: 'strip'; readonly key: string; readonly group: Group; readonly instances: readonly Instance[]; readonly isLast: boolean }
  | { readonly kind: 'instance'; readonly key: string; readonly group: Group; readonly instance: Instance };

/** How instances are drawn: as squares, one a row, or not at all. */
export type Drawn = 'squares' | 'list' | 'none';

/** The server groups by cluster, by account and name. */
export function clustersOf(groups: readonly ServerGroup[]): Cluster[] {
  const found = new Map<string, { account: string; name: string; provider: string; groups: Group[] }>();
  for (const group of groups) {
    const key = `${group.account}\n${group.cluster}\n${group.cloudProvider}`;
    let cluster = found.get(key);
    if (!cluster) {
      cluster = { account: group.account, name: group.cluster, provider: group.cloudProvider, groups: [] };
      found.set(key, cluster);
    }
    cluster.groups.push({ group, counts: countHealth(group.instances) });
  }
  const clusters = [...found].map(([key, { groups, ...rest }]) => ({
    ...rest,
    key,
    groups: groups.toSorted(newestFirst),
    counts: sumCounts(groups.map(({ counts }) => counts)),
  }));
  return clusters.toSorted((one, other) => one.account.localeCompare(other.account) || one.name.localeCompare(other.name));
}

function newestFirst({ group: one }: Group, { group: other }: Group): number {
  return one.region.localeCompare(other.region) || (other.createdTime ?? 0) - (one.createdTime ?? 0) || other.name.localeCompare(one.name);
}

/** The rows of these clusters, `perLine` squares in a line. Squares stand by age, the oldest first. */
export function rowsOf(clusters: readonly Cluster[], drawn: Drawn, perLine: number): Row[] {
  const rows: Row[] = [];
  let account: string | undefined;
  for (const cluster of clusters) {
    if (cluster.account !== account) {
      account = cluster.account;
      const own = clusters.filter((one) => one.account === cluster.account);
      rows.push({ kind: 'account', key: `account ${account}`, account, clusters: own.length, counts: sumCounts(own.map(({ counts }) => counts)) });
    }
    rows.push({ kind: 'cluster', key: `cluster ${cluster.key}`, cluster });
    for (const group of cluster.groups) {
      const key = `${group.group.account}\n${group.group.region}\n${group.group.name}`;
      rows.push({ kind: 'group', key: `group ${key}`, cluster, group });
      if (drawn !== 'none') addInstances(rows, key, group, drawn, Math.max(1, perLine));
    }
  }
  return rows;
}

function addInstances(rows: Row[], key: string, group: Group, drawn: 'squares' | 'list', perLine: number): void {
  const instances = group.group.instances.toSorted((one, other) => (one.launchTime ?? 0) - (other.launchTime ?? 0) || one.id.localeCompare(other.id));
  if (drawn === 'list') {
    for (const instance of instances) rows.push({ kind: 'instance', key: `instance ${key}\n${instance.id}`, group, instance });
    return;
  }
  for (let at = 0; at < instances.length; at += perLine) {
    rows.push({ kind: 'strip', key: `strip ${key}\n${at}`, group, instances: instances.slice(at, at + perLine), isLast: at + perLine >= instances.length });
  }
}

/** What a server group was made from, in a few words: a build, else an image, else nothing. */
export function versionOf(group: ServerGroup): string {
  const build = group.buildInfo;
  if (build?.jenkins?.number) return `${build.jenkins.name ?? 'build'} #${build.jenkins.number}`;
  if (build?.version) return build.version;
  const image = build?.images?.[0] ?? group['image'] ?? group['imageId'];
  if (typeof image === 'string') return image.slice(image.lastIndexOf('/') + 1);
  return '';
}
