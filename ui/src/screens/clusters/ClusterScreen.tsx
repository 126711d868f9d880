/** `#/applications/A/clusters`: what runs, live, with the details of one server group or instance beside it. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet, useMatches, useNavigate } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';

import { useShortcuts } from '../../app/shortcuts';
import type { ServerGroup } from '../../gate/cloud';
import { refreshInfrastructure, serverGroups } from '../../gate/serverGroups';
import { Button, ButtonLink } from '../../parts/Button';
import { SearchField, Select } from '../../parts/Field';
import { Page } from '../../parts/Page';
import { Answer, Empty } from '../../parts/States';
import { Choices, choicesOf } from '../infrastructure/Choices';
import { Freshness, Unasked } from '../infrastructure/Freshness';
import { Split } from '../infrastructure/Split';
import tools from '../infrastructure/Tools.module.css';
import { ClusterList } from './ClusterList';
import styles from './ClusterScreen.module.css';
import { filtered, type Filters, isFiltered, STATUSES } from './filters';
import { clustersOf, type Drawn } from './rows';

const route = getRouteApi('/applications/$application/clusters');
const DRAWN = [
  { value: 'squares', label: 'Instances as squares' },
  { value: 'list', label: 'Instances one a row' },
  { value: 'none', label: 'No instances' },
] as const;
const NO_FILTERS: Filters = { q: undefined, acct: undefined, reg: undefined, providerType: undefined, status: undefined, clusters: undefined } as unknown as Filters;

/** The screen. */
export function ClusterScreen() {
  const { application } = route.useParams();
  const query = useQuery(serverGroups(application));
  const open = useMatches({ select: (matches) => matches.some(({ routeId }) => /\/clusters\/./.test(routeId)) });
  return (
    <Page label="Clusters" full>
      <Split details={open ? <Outlet /> : null}>
        <Answer query={query} what="clusters">
          {(groups) => <Clusters application={application} groups={groups} freshness={<Freshness query={query} application={application} />} />}
        </Answer>
      </Split>
    </Page>
  );
}

function Clusters({ application, groups, freshness }: { application: string; groups: readonly ServerGroup[]; freshness: React.ReactNode }) {
  const filters = route.useSearch() as Filters;
  const navigate = useNavigate();
  const params = useMatches({ select: (matches) => matches.at(-1)?.params as Record<string, string> | undefined, structuralSharing: true });
  const set = (change: Partial<Record<keyof Filters, string | undefined>>): void => {
    void navigate({ to: '.', search: ((before: object) => ({ ...before, ...change })) as never, replace: true });
  };
  const drawn: Drawn = filters.hideInstances === 'true' ? 'none' : filters.listInstances === 'true' ? 'list' : 'squares';
  const deferred = useDeferredValue(filters);
  const shown = useMemo(() => filtered(groups, deferred), [groups, deferred]);
  const clusters = useMemo(() => clustersOf(shown), [shown]);
  const accounts = useMemo(() => new Set(groups.map(({ account }) => account)), [groups]);
  const go = (step: 1 | -1): void => {
    const all = clusters.flatMap((cluster) => cluster.groups.map(({ group }) => group));
    const at = all.findIndex((group) => group.name === params?.['name'] && group.account === params['account'] && group.region === params['region']);
    const next = all[at === -1 ? (step === 1 ? 0 : all.length - 1) : at + step];
    if (!next) return;
    void navigate({
      to: '/applications/$application/clusters/serverGroupDetails/$provider/$account/$region/$name',
      params: { application, provider: next.cloudProvider, account: next.account, region: next.region, name: next.name },
      search: ((before: object) => before) as never,
    });
  };
  useShortcuts('Clusters', [
    { keys: 'j', does: 'Look at the next server group', act: () => go(1) },
    { keys: 'k', does: 'Look at the server group before', act: () => go(-1) },
    { keys: 'i', does: 'Draw instances as squares, or one a row', act: () => set({ listInstances: drawn === 'list' ? undefined : 'true', hideInstances: undefined }) },
    { keys: 'r', does: 'Ask anew', act: () => refreshInfrastructure(application) },
  ]);
  return (
    <>
      <div className={tools.tools}>
        <div className={tools.search}>
          <SearchField label="Search clusters" placeholder="Name, version, load balancer, instance" value={filters.q ?? ''} onChange={(q) => set({ q: q || undefined })} />
        </div>
        <Choices label="Account" options={choicesOf(groups, ({ account }) => account)} value={filters.acct} onChange={(acct) => set({ acct })} />
        <Choices label="Region" options={choicesOf(groups, ({ region }) => region)} value={filters.reg} onChange={(reg) => set({ reg })} />
        <Choices label="Provider" options={choicesOf(groups, ({ cloudProvider }) => cloudProvider)} value={filters.providerType} onChange={(providerType) => set({ providerType })} />
        <Choices label="Status" options={STATUSES} value={filters.status} onChange={(status) => set({ status })} />
        <div className={styles.drawn}>
          <Select
            label="How instances are drawn"
            unlabelled
            options={DRAWN}
            value={drawn}
            onChange={(next) => set({ listInstances: next === 'list' ? 'true' : undefined, hideInstances: next === 'none' ? 'true' : undefined })}
          />
        </div>
        {freshness}
      </div>
      <Unasked among={accounts} />
      {groups.length === 0 ? (
        <Empty title="Nothing runs yet" action={<ButtonLink to="/applications/$application/executions" params={{ application }}>Pipelines</ButtonLink>}>
          Server groups stand here as soon as a pipeline deploys one.
        </Empty>
      ) : clusters.length === 0 ? (
        <Empty title="No server group matches" action={isFiltered(filters) && <Button onPress={() => set(NO_FILTERS)}>Show all</Button>} />
      ) : (
        <ClusterList application={application} clusters={clusters} drawn={drawn} selected={params} />
      )}
    </>
  );
}
