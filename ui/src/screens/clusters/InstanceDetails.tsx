/** `.../clusters/instanceDetails/PROVIDER/ID`: an instance, how healthy each source says it is, and its output, live. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';

import type { Instance, ServerGroup } from '../../gate/cloud';
import { instance as instanceQuery, serverGroups } from '../../gate/serverGroups';
import { Button } from '../../parts/Button';
import { Dialog } from '../../parts/Dialog';
import { type Action, Menu } from '../../parts/Menu';
import { Answer, Empty, Loading } from '../../parts/States';
import { StatusBadge } from '../../parts/Status';
import { Name } from '../../parts/Text';
import { Ago } from '../../parts/Time';
import type { Change } from '../infrastructure/change';
import { ChangeDialog } from '../infrastructure/ChangeDialog';
import { AsJson, Facts, FieldsOf } from '../infrastructure/Facts';
import { lookOf } from '../infrastructure/health';
import { Panel, Part } from '../infrastructure/Split';
import styles from './Details.module.css';
import { deregister, type InstancePlace, reboot, register, terminate, terminateAndShrink } from './instanceChanges';

const LiveOutput = lazy(() => import('../infrastructure/output/LiveOutput'));
const list = getRouteApi('/applications/$application/clusters');
const route = getRouteApi('/applications/$application/clusters/instanceDetails/$provider/$instanceId');
const TOLD = [
  'id', 'name', 'healthState', 'health', 'launchTime', 'zone', 'availabilityZone', 'account', 'region', 'cloudProvider', 'provider', 'providerType', 'application', 'cluster', 'moniker',
  'serverGroup', 'loadBalancers', 'insightActions', 'deregisteredFrom',
];

/** The details: where the instance is, its server group says. */
export function InstanceDetails() {
  const { application, instanceId } = route.useParams();
  const query = useQuery(serverGroups(application));
  return (
    <Answer query={query} what="instance">
      {(groups) => {
        const group = groups.find(({ instances }) => instances.some(({ id }) => id === instanceId));
        return group ? <Found key={instanceId} application={application} group={group} id={instanceId} /> : <Gone application={application} id={instanceId} />;
      }}
    </Answer>
  );
}

function Gone({ application, id }: { application: string; id: string }) {
  return (
    <Panel kind="Instance" name={id} back={{ to: '/applications/$application/clusters', application }}>
      <Empty title="It is not there any more">It ended, or was replaced. No server group of the application has it.</Empty>
    </Panel>
  );
}

function Found({ application, group, id }: { application: string; group: ServerGroup; id: string }) {
  const query = useQuery(instanceQuery(application, group.account, group.region, id));
  return (
    <Answer query={query} what="instance">
      {(instance) => <Details application={application} group={group} instance={{ ...instance, id }} />}
    </Answer>
  );
}

function Details({ application, group, instance }: { application: string; group: ServerGroup; instance: Instance }) {
  const { output } = list.useSearch();
  const [change, setChange] = useState<Change>();
  const navigate = useNavigate();
  const show = (next: string | undefined): void => void navigate({ to: '.', search: ((before: object) => ({ ...before, output: next })) as never, replace: true });
  const place: InstancePlace = { account: group.account, region: group.region, provider: group.cloudProvider, serverGroup: group.name };
  const balancers = instance.loadBalancers ?? group.loadBalancers ?? [];
  const out = Array.isArray(instance['deregisteredFrom']) ? (instance['deregisteredFrom'] as string[]) : [];
  const within = balancers.filter((name) => !out.includes(name));
  const look = lookOf(instance.healthState);
  const actions: Action[] = [
    ...(out.length > 0 ? [{ label: 'Register with load balancers …', icon: 'plus', act: () => setChange(register(application, instance, place, out)) } as const] : []),
    ...(within.length > 0 ? [{ label: 'Deregister from load balancers …', icon: 'pause', danger: true, act: () => setChange(deregister(application, instance, place, within)) } as const] : []),
    // The local provider has no reboot: there an instance is replaced.
    ...(group.cloudProvider === 'local' ? [] : [{ label: 'Reboot …', icon: 'restart', danger: true, act: () => setChange(reboot(application, instance, place)) } as const]),
    { label: 'Terminate …', icon: 'trash', danger: true, act: () => setChange(terminate(application, instance, place)) },
    { label: 'Terminate and shrink …', icon: 'trash', danger: true, act: () => setChange(terminateAndShrink(application, instance, place)) },
  ];
  return (
    <Panel
      kind="Instance"
      name={instance.name ?? instance.id}
      back={{ to: '/applications/$application/clusters', application }}
      state={
        <StatusBadge status="NOT_STARTED" tone={look.tone}>
          {look.word}
        </StatusBadge>
      }
      actions={
        <>
          <Button icon="list" onPress={() => show('true')}>
            Output
          </Button>
          <Menu label="What else can be done" actions={actions} />
        </>
      }
    >
      <Part title="What it is">
        <Facts
          facts={[
            [
              'Server group',
              <Link
                key="g"
                to="/applications/$application/clusters/serverGroupDetails/$provider/$account/$region/$name"
                params={{ application, provider: group.cloudProvider, account: group.account, region: group.region, name: group.name }}
                search={((before: object) => before) as never}
              >
                <Name>{group.name}</Name>
              </Link>,
            ],
            ['Account', <Name key="a">{group.account}</Name>],
            ['Region', <Name key="r">{group.region}</Name>],
            ['Zone', instance.zone ?? instance.availabilityZone],
            ['Launched', <Ago key="l" at={instance.launchTime} />],
            ['Load balancers', within.length > 0 && within.join(', ')],
            ['Deregistered from', out.length > 0 && out.join(', ')],
          ]}
        />
        <FieldsOf of={instance} without={TOLD} />
      </Part>
      <Part title="Health">
        {(instance.health ?? []).map((health, index) => {
          const own = lookOf(health.state);
          return (
            <div key={index} className={styles.health}>
              <StatusBadge status="NOT_STARTED" tone={own.tone}>
                <bdi>{health.type}</bdi>: {own.word}
              </StatusBadge>
              {health.description && <pre>{health.description}</pre>}
            </div>
          );
        })}
      </Part>
      <Part title="Everything">
        <AsJson value={instance} />
      </Part>
      {change && <ChangeDialog application={application} change={change} onClose={() => setChange(undefined)} />}
      {output === 'true' && (
        <Dialog title={`Output of ${instance.name ?? instance.id}`} wide onClose={() => show(undefined)}>
          <Suspense fallback={<Loading what="the output" />}>
            <LiveOutput source={{ account: group.account, region: group.region, provider: group.cloudProvider, id: instance.id }} />
          </Suspense>
        </Dialog>
      )}
    </Panel>
  );
}
