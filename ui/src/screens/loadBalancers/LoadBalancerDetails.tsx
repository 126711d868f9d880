/** `.../loadBalancers/loadBalancerDetails/...`: a load balancer, what stands behind it, and what can be done to it. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import type { BalancedGroup, LoadBalancer } from '../../gate/cloud';
import { loadBalancer } from '../../gate/loadBalancers';
import { Button } from '../../parts/Button';
import { Menu } from '../../parts/Menu';
import { Answer, Problem } from '../../parts/States';
import { StatusBadge } from '../../parts/Status';
import { Name } from '../../parts/Text';
import { ChangeDialog } from '../infrastructure/ChangeDialog';
import { AsJson, Facts, FieldsOf, Value } from '../infrastructure/Facts';
import { countHealth, lookOf, sentenceOf } from '../infrastructure/health';
import { Gone, isGone, Panel, Part } from '../infrastructure/Split';
import { Tags } from '../infrastructure/Tags';
import { draftOf, remove } from './loadBalancerChanges';
import styles from './LoadBalancerDetails.module.css';
import { LoadBalancerDialog } from './LoadBalancerDialog';

const route = getRouteApi('/applications/$application/loadBalancers/loadBalancerDetails/$provider/$account/$region/$vpcId/$name');
const TOLD = [
  'name', 'account', 'accountName', 'region', 'type', 'cloudProvider', 'moniker', 'serverGroups', 'securityGroups', 'listeners', 'problem', 'listening', 'vpcId', 'insightActions',
];

/** The details. */
export function LoadBalancerDetails() {
  const { application, provider, account, region, name } = route.useParams();
  const query = useQuery(loadBalancer(application, provider, account, region, name));
  if (isGone(query)) return <Gone kind="Load balancer" name={name} back={{ to: '/applications/$application/loadBalancers', application }} />;
  return (
    <Answer query={query} what="load balancer" key={`${account} ${region} ${name}`}>
      {(balancer) => <Details application={application} balancer={balancer} />}
    </Answer>
  );
}

function Details({ application, balancer }: { application: string; balancer: LoadBalancer }) {
  const [open, setOpen] = useState<'edit' | 'delete'>();
  const navigate = useNavigate();
  const listens = balancer['listening'];
  const problem = balancer['problem'];
  const isLocal = balancer.cloudProvider === 'local';
  return (
    <Panel
      kind="Load balancer"
      name={balancer.name}
      back={{ to: '/applications/$application/loadBalancers', application }}
      state={
        typeof listens === 'boolean' ? (
          <StatusBadge status="NOT_STARTED" tone={listens ? 'good' : 'bad'}>
            {listens ? 'listens' : 'does not listen'}
          </StatusBadge>
        ) : undefined
      }
      actions={
        <>
          {isLocal && (
            <Button icon="edit" onPress={() => setOpen('edit')}>
              Edit …
            </Button>
          )}
          <Menu label="What else can be done" actions={[{ label: 'Delete …', icon: 'trash', danger: true, act: () => setOpen('delete') }]} />
        </>
      }
    >
      {typeof problem === 'string' && problem !== '' && <Problem message={problem} />}
      <Part title="What it is">
        <Facts
          facts={[
            ['Account', <Name key="a">{balancer.account}</Name>],
            ['Region', <Name key="r">{balancer.region}</Name>],
            ['Network', balancer.vpcId],
            ['Firewalls', firewallLinks(application, balancer)],
          ]}
        />
        <FieldsOf of={balancer} without={TOLD} />
      </Part>
      {(balancer.listeners ?? []).length > 0 && (
        <Part title="Listeners">
          {(balancer.listeners ?? []).map((listener, index) => (
            <Value key={index} value={listener} />
          ))}
        </Part>
      )}
      <Part title="Server groups behind it">
        {(balancer.serverGroups ?? []).length === 0 && <p className="soft">There are none: no request is answered.</p>}
        {(balancer.serverGroups ?? []).map((group) => (
          <Balanced key={group.name} application={application} balancer={balancer} group={group} />
        ))}
        {isLocal && <p className="soft">How much each gets is its weight, which is changed in its details.</p>}
      </Part>
      <Tags
        application={application}
        entity={{ entityType: 'loadbalancer', entityId: balancer.name, account: balancer.account, region: balancer.region, cloudProvider: balancer.cloudProvider }}
      />
      <Part title="Everything">
        <AsJson value={balancer} />
      </Part>
      {open === 'edit' && <LoadBalancerDialog application={application} given={draftOf(balancer)} onClose={() => setOpen(undefined)} />}
      {open === 'delete' && (
        <ChangeDialog
          application={application}
          change={remove(application, balancer)}
          onClose={() => setOpen(undefined)}
          onDone={() => void navigate({ to: '/applications/$application/loadBalancers', params: { application }, search: ((before: object) => before) as never })}
        />
      )}
    </Panel>
  );
}

function firewallLinks(application: string, balancer: LoadBalancer) {
  const names = balancer.securityGroups ?? [];
  if (names.length === 0) return undefined;
  return (
    <ul>
      {names.map((name) => (
        <li key={name}>
          <Link
            to="/applications/$application/firewalls/firewallDetails/$provider/$account/$region/$vpcId/$name"
            params={{ application, provider: balancer.cloudProvider, account: balancer.account, region: balancer.region, vpcId: balancer.vpcId || '-', name }}
          >
            <Name>{name}</Name>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Balanced({ application, balancer, group }: { application: string; balancer: LoadBalancer; group: BalancedGroup }) {
  const instances = group.instances ?? [];
  const counts = countHealth(instances.map(({ health }) => ({ healthState: health?.state ?? 'Unknown' })));
  return (
    <div className={styles.group}>
      <p className={styles.head}>
        <Link
          to="/applications/$application/clusters/serverGroupDetails/$provider/$account/$region/$name"
          params={{ application, provider: balancer.cloudProvider, account: group.account ?? balancer.account, region: group.region ?? balancer.region, name: group.name }}
        >
          <Name>{group.name}</Name>
        </Link>
        {group.isDisabled && <span className="soft">disabled</span>}
        <span className={styles.counts}>{sentenceOf(counts)}</span>
      </p>
      <ul className={styles.squares}>
        {instances.slice(0, 200).map((instance) => {
          const look = lookOf(instance.health?.state);
          return (
            <li key={instance.id}>
              <Link
                className={styles.square}
                data-tone={look.tone}
                to="/applications/$application/clusters/instanceDetails/$provider/$instanceId"
                params={{ application, provider: balancer.cloudProvider, instanceId: instance.id }}
                aria-label={`${instance.name ?? instance.id}: ${look.word}`}
                title={`${instance.name ?? instance.id}: ${look.word}`}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
