/** What a search shows: its kinds, where a thing that was found is, and what looks like an id. */
import type { Found, FoundKind } from '../../gate/search';

/** The kinds of infrastructure, with upstream's names for the tabs of its links. */
export const INFRASTRUCTURE: readonly { readonly kind: FoundKind; readonly label: string }[] = [
  { kind: 'clusters', label: 'Clusters' },
  { kind: 'serverGroups', label: 'Server groups' },
  { kind: 'instances', label: 'Instances' },
  { kind: 'loadBalancers', label: 'Load balancers' },
  { kind: 'securityGroups', label: 'Firewalls' },
];

/** All kinds, in the order in which they are shown. */
export const KINDS = [
  { kind: 'executions', label: 'Runs and tasks' },
  { kind: 'applications', label: 'Applications' },
  { kind: 'pipelines', label: 'Pipelines' },
  { kind: 'projects', label: 'Projects' },
  ...INFRASTRUCTURE,
] as const;

/** One thing on the screen. */
export interface Hit {
  readonly key: string;
  readonly title: string;
  /** Where it belongs. */
  readonly place: string;
  /** Its address behind the `#`; undefined where no screen shows it. */
  readonly to: string | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** A thing of infrastructure as it is shown. */
export function hitOf(kind: FoundKind, found: Found): Hit {
  const { application, account = '', region = '', provider = '' } = found;
  const title = { clusters: found.cluster, serverGroups: found.serverGroup, instances: found.instanceId, loadBalancers: found.loadBalancer, securityGroups: found.name }[kind] ?? '';
  const of = kind === 'instances' ? found.serverGroup : undefined;
  return {
    key: [kind, provider, account, region, title, of].join(' '),
    title,
    place: [of, application, account, region].filter((part) => part !== undefined && part !== null && part !== '').join(' · '),
    to: application ? `/applications/${encodeURIComponent(application)}/${screenOf(kind, title, found)}` : undefined,
    account,
    region,
  };
}

/** Upstream's addresses of these things, within the application. */
function screenOf(kind: FoundKind, title: string, { account = '', region = '', provider = '' }: Found): string {
  const path = (...words: string[]): string => words.map(encodeURIComponent).join('/');
  const named = `q=${encodeURIComponent(title)}`;
  switch (kind) {
    case 'clusters':
      return `clusters?${named}`;
    case 'serverGroups':
      return `clusters/serverGroupDetails/${path(provider, account, region, title)}?${named}`;
    case 'instances':
      return `clusters/instanceDetails/${path(provider, title)}`;
    case 'loadBalancers':
      return `loadBalancers?${named}`;
    case 'securityGroups':
      return `firewalls?${named}`;
  }
}

/** Those of the account and the region, where these are chosen. */
export function within(hits: readonly Hit[], account: string | undefined, region: string | undefined): Hit[] {
  return hits.filter((hit) => (account === undefined || hit.account === account) && (region === undefined || hit.region === region));
}

/** The values that hits have, for filters. */
export function valuesOf(hits: readonly Hit[], field: 'account' | 'region'): string[] {
  return [...new Set(hits.map((hit) => hit[field] ?? ''))].filter((value) => value !== '').toSorted();
}

/** Whether it may be the whole id of a run or a task. */
export function looksLikeId(text: string): boolean {
  return /^[0-9A-HJKMNP-TV-Z]{26}$/i.test(text) || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
