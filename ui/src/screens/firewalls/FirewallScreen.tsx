/** `#/applications/A/firewalls`: who may connect to what the application has, with the details of one firewall beside the list. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useMatches, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';

import { useShortcuts } from '../../app/shortcuts';
import { accounts } from '../../gate/accounts';
import { useFailure } from '../../gate/failing';
import { firewalls } from '../../gate/firewalls';
import { loadBalancers } from '../../gate/loadBalancers';
import { refreshInfrastructure, serverGroups } from '../../gate/serverGroups';
import { Button } from '../../parts/Button';
import { SearchField } from '../../parts/Field';
import { Page } from '../../parts/Page';
import { Answer, Empty, Failure, Loading } from '../../parts/States';
import { type Column, Table } from '../../parts/Table';
import { Name } from '../../parts/Text';
import { Choices, choicesOf } from '../infrastructure/Choices';
import { Freshness } from '../infrastructure/Freshness';
import { Split } from '../infrastructure/Split';
import tools from '../infrastructure/Tools.module.css';
import { filtered, type Filters, type Guarding, guarding } from './filters';
import { FirewallDialog } from './FirewallDialog';

const route = getRouteApi('/applications/$application/firewalls');

/** The screen. */
export function FirewallScreen() {
  const { application } = route.useParams();
  const { sort, ...filters } = route.useSearch();
  const [isNew, setNew] = useState(false);
  const query = useQuery(firewalls(application));
  const groups = useQuery(serverGroups(application));
  const balancers = useQuery(loadBalancers(application));
  const [groupsFail, balancersFail] = [useFailure(groups), useFailure(balancers)];
  const unknown = groupsFail ?? balancersFail;
  const isWhole = groups.data !== undefined && balancers.data !== undefined;
  const { data: known = [] } = useQuery(accounts);
  const navigate = useNavigate();
  const open = useMatches({ select: (matches) => matches.some(({ routeId }) => /\/firewalls\/./.test(routeId)) });
  const columns = useMemo(() => columnsOf(application), [application]);
  const set = (change: Partial<Record<keyof Filters | 'sort', string | undefined>>): void => {
    void navigate({ to: '.', search: ((before: object) => ({ ...before, ...change })) as never, replace: true });
  };
  useShortcuts('Firewalls', [{ keys: 'r', does: 'Ask anew', act: () => refreshInfrastructure(application) }]);
  return (
    <Page label="Firewalls" full>
      <Split details={open ? <Outlet /> : null}>
        <Answer query={query} what="firewalls">
          {(data) => {
            const all = guarding(application, data, groups.data ?? [], balancers.data ?? []);
            const shown = filtered(all, filters);
            return (
              <>
                <div className={tools.tools}>
                  <div className={tools.search}>
                    <SearchField label="Search firewalls" placeholder="Name, server group, load balancer" value={filters.q ?? ''} onChange={(q) => set({ q: q || undefined })} />
                  </div>
                  <Choices label="Account" options={choicesOf(all, ({ firewall }) => firewall.account)} value={filters.acct} onChange={(acct) => set({ acct })} />
                  <Choices label="Region" options={choicesOf(all, ({ firewall }) => firewall.region)} value={filters.reg} onChange={(reg) => set({ reg })} />
                  <Choices label="Provider" options={choicesOf(all, ({ firewall }) => firewall.cloudProvider)} value={filters.providerType} onChange={(providerType) => set({ providerType })} />
                  <Freshness query={query} application={application} />
                  {known.some(({ cloudProvider, type }) => (cloudProvider ?? type) === 'local') && (
                    <Button look="primary" icon="plus" onPress={() => setNew(true)}>
                      Create …
                    </Button>
                  )}
                </div>
                {unknown !== null && <Failure error={unknown} what="list of what firewalls guard" />}
                {all.length === 0 && !isWhole ? (
                  unknown === null && <Loading what="what firewalls guard" />
                ) : all.length === 0 ? (
                  <Empty title="There is no firewall yet">A firewall says who may connect to the load balancers that name it.</Empty>
                ) : shown.length === 0 ? (
                  <Empty title="No firewall matches" action={<Button onPress={() => set({ q: undefined, acct: undefined, reg: undefined, providerType: undefined })}>Show all</Button>} />
                ) : (
                  <Table
                    label="Firewalls"
                    rows={shown}
                    columns={columns}
                    keyOf={({ firewall }) => `${firewall.account} ${firewall.region} ${firewall.vpcId ?? ''} ${firewall.id}`}
                    sort={sort}
                    onSort={(next) => set({ sort: next })}
                  />
                )}
              </>
            );
          }}
        </Answer>
      </Split>
      {isNew && <FirewallDialog application={application} onClose={() => setNew(false)} />}
    </Page>
  );
}

function guarded({ serverGroups: groups, loadBalancers: balancers }: Guarding) {
  const names = [...balancers, ...groups];
  return names.length === 0 ? <span className="soft">guards nothing</span> : <Name>{names.join(', ')}</Name>;
}

function columnsOf(application: string): Column<Guarding>[] {
  return [
    {
      id: 'name',
      title: 'Firewall',
      width: 'minmax(9rem, 2fr)',
      by: ({ firewall }) => firewall.name,
      cell: ({ firewall }) => (
        <Link
          to="/applications/$application/firewalls/firewallDetails/$provider/$account/$region/$vpcId/$name"
          params={{ application, provider: firewall.cloudProvider, account: firewall.account, region: firewall.region, vpcId: firewall.vpcId || '-', name: firewall.name }}
          search={((before: object) => before) as never}
        >
          <Name>{firewall.name}</Name>
        </Link>
      ),
    },
    { id: 'account', title: 'Account', width: 'minmax(5rem, 1fr)', by: ({ firewall }) => firewall.account, cell: ({ firewall }) => <Name>{firewall.account}</Name> },
    { id: 'region', title: 'Region', width: 'minmax(4rem, 1fr)', optional: true, by: ({ firewall }) => firewall.region, cell: ({ firewall }) => <Name>{firewall.region}</Name> },
    { id: 'guards', title: 'Guards', width: 'minmax(6rem, 2fr)', cell: guarded },
  ];
}
