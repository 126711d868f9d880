/** `#/applications/A/loadBalancers`: what spreads requests, live, with the details of one beside the list. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useMatches, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';

import { useShortcuts } from '../../app/shortcuts';
import { accounts } from '../../gate/accounts';
import type { LoadBalancer } from '../../gate/cloud';
import { loadBalancers } from '../../gate/loadBalancers';
import { refreshInfrastructure } from '../../gate/serverGroups';
import { Button } from '../../parts/Button';
import { SearchField } from '../../parts/Field';
import { Page } from '../../parts/Page';
import { Answer, Empty } from '../../parts/States';
import { StatusBar } from '../../parts/Status';
import { type Column, Table } from '../../parts/Table';
import { Name } from '../../parts/Text';
import { Choices, choicesOf } from '../infrastructure/Choices';
import { Freshness, Unasked } from '../infrastructure/Freshness';
import { present, sentenceOf, totalOf } from '../infrastructure/health';
import { Split } from '../infrastructure/Split';
import tools from '../infrastructure/Tools.module.css';
import { filtered, type Filters, healthOf, listenersOf } from './filters';
import { LoadBalancerDialog } from './LoadBalancerDialog';

const route = getRouteApi('/applications/$application/loadBalancers');

/** The screen. */
export function LoadBalancerScreen() {
  const { application } = route.useParams();
  const { sort, ...filters } = route.useSearch();
  const [isNew, setNew] = useState(false);
  const query = useQuery(loadBalancers(application));
  const { data: known = [] } = useQuery(accounts);
  const navigate = useNavigate();
  const open = useMatches({ select: (matches) => matches.some(({ routeId }) => /\/loadBalancers\/./.test(routeId)) });
  const set = (change: Partial<Record<keyof Filters | 'sort', string | undefined>>): void => {
    void navigate({ to: '.', search: ((before: object) => ({ ...before, ...change })) as never, replace: true });
  };
  const canMake = known.some(({ cloudProvider, type }) => (cloudProvider ?? type) === 'local');
  const create = canMake && (
    <Button look="primary" icon="plus" onPress={() => setNew(true)}>
      Create …
    </Button>
  );
  useShortcuts('Load balancers', [{ keys: 'r', does: 'Ask anew', act: () => refreshInfrastructure(application) }]);
  return (
    <Page label="Load balancers" full>
      <Split details={open ? <Outlet /> : null}>
        <Answer query={query} what="load balancers">
          {(all) => (
            <>
              <div className={tools.tools}>
                <div className={tools.search}>
                  <SearchField label="Search load balancers" placeholder="Name, server group, port" value={filters.q ?? ''} onChange={(q) => set({ q: q || undefined })} />
                </div>
                <Choices label="Account" options={choicesOf(all, ({ account }) => account)} value={filters.acct} onChange={(acct) => set({ acct })} />
                <Choices label="Region" options={choicesOf(all, ({ region }) => region)} value={filters.reg} onChange={(reg) => set({ reg })} />
                <Choices label="Provider" options={choicesOf(all, ({ cloudProvider }) => cloudProvider)} value={filters.providerType} onChange={(providerType) => set({ providerType })} />
                <Freshness query={query} application={application} />
                {create}
              </div>
              <Unasked among={new Set(all.map(({ account }) => account))} />
              <Balancers application={application} all={all} filters={filters} sort={sort} onChange={set} />
            </>
          )}
        </Answer>
      </Split>
      {isNew && <LoadBalancerDialog application={application} onClose={() => setNew(false)} />}
    </Page>
  );
}

function Balancers({
  application,
  all,
  filters,
  sort,
  onChange,
}: {
  application: string;
  all: readonly LoadBalancer[];
  filters: Filters;
  sort: string | undefined;
  onChange: (change: Partial<Record<keyof Filters | 'sort', string | undefined>>) => void;
}) {
  const columns = useMemo(() => columnsOf(application), [application]);
  const shown = filtered(all, filters);
  if (all.length === 0) return <Empty title="There is no load balancer yet">A load balancer spreads requests over the server groups that name it.</Empty>;
  if (shown.length === 0) {
    return <Empty title="No load balancer matches" action={<Button onPress={() => onChange({ q: undefined, acct: undefined, reg: undefined, providerType: undefined })}>Show all</Button>} />;
  }
  return <Table label="Load balancers" rows={shown} columns={columns} keyOf={(row) => `${row.account} ${row.region} ${row.name}`} sort={sort} onSort={(next) => onChange({ sort: next })} />;
}

function columnsOf(application: string): Column<LoadBalancer>[] {
  return [
    {
      id: 'name',
      title: 'Load balancer',
      width: 'minmax(9rem, 2fr)',
      by: ({ name }) => name,
      cell: (row) => (
        <Link
          to="/applications/$application/loadBalancers/loadBalancerDetails/$provider/$account/$region/$vpcId/$name"
          params={{ application, provider: row.cloudProvider, account: row.account, region: row.region, vpcId: row.vpcId || '-', name: row.name }}
          search={((before: object) => before) as never}
        >
          <Name>{row.name}</Name>
        </Link>
      ),
    },
    { id: 'account', title: 'Account', width: 'minmax(5rem, 1fr)', by: ({ account }) => account, cell: (row) => <Name>{row.account}</Name> },
    { id: 'region', title: 'Region', width: 'minmax(4rem, 1fr)', optional: true, by: ({ region }) => region, cell: (row) => <Name>{row.region}</Name> },
    { id: 'listeners', title: 'Listens on', width: 'minmax(6rem, 1.4fr)', cell: (row) => <Name>{listenersOf(row)}</Name> },
    { id: 'groups', title: 'Server groups', width: '7rem', align: 'end', optional: true, by: (row) => row.serverGroups?.length ?? 0, cell: (row) => <span className="number">{row.serverGroups?.length ?? 0}</span> },
    { id: 'health', title: 'Instances', width: '12rem', optional: true, by: (row) => totalOf(healthOf(row)), cell: (row) => <Health balancer={row} /> },
  ];
}

function Health({ balancer }: { balancer: LoadBalancer }) {
  const counts = healthOf(balancer);
  if (totalOf(counts) === 0) return <span className="soft">none</span>;
  return <StatusBar label={sentenceOf(counts)} parts={present(counts).map(({ tone, count, word }) => ({ tone, weight: count, title: `${count} ${word}` }))} />;
}
