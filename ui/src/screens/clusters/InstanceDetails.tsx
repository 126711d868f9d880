/** `.../clusters/instanceDetails/PROVIDER/ID`: an instance, how healthy each source says it is, and its output, live. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';

import type { Instance, ServerGroup } from '../../gate/cloud';
import { instance as instanceQuery, serverGroups } from '../../gate/serverGroups';
import { Button } from '../../parts/Button';
import { Dialog } from '../../parts/Dialog';
import { Long } from '../../parts/Long';
import { type Action, Menu } from '../../parts/Menu';
import { Answer, Loading } from '../../parts/States';
import { StatusBadge } from '../../parts/Status';
import { Name } from '../../parts/Text';
import { Ago } from '../../parts/Time';
import type { Change } from '../infrastructure/change';
import { ChangeDialog } from '../infrastructure/ChangeDialog';
import { AsJson, Facts, FieldsOf } from '../infrastructure/Facts';
import { lookOf } from '../infrastructure/health';
import { Gone, isGone, Panel, Part } from '../infrastructure/Split';
import styles from './Details.module.css';
import { deregister, type InstancePlace, reboot, register, terminate, terminateAndShrink } from './instanceChanges';
import { related } from './Related';

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
  // It stays when the instance goes, which is what most changes are for.
  const [change, setChange] = useState<Change>();
  return (
    <>
      <Answer query={query} what="instance">
        {(groups) => {
          const group = groups.find(({ instances }) => instances.some(({ id }) => id === instanceId));
          if (!group) return <Gone kind="Instance" name={instanceId} back={{ to: '/applications/$application/clusters', application }} />;
          return <Found key={instanceId} application={application} group={group} id={instanceId} onChange={setChange} />;
        }}
      </Answer>
      {change && <ChangeDialog application={application} change={change} onClose={() => setChange(undefined)} />}
    </>
  );
}

interface Of {
  readonly application: string;
  readonly group: ServerGroup;
  readonly onChange: (change: Change) => void;
}

function Found({ application, group, id, onChange }: Of & { id: string }) {
  const query = useQuery(instanceQuery(application, group.account, group.region, id));
  if (isGone(query)) return <Gone kind="Instance" name={id} back={{ to: '/applications/$application/clusters', application }} />;
  return (
    <Answer query={query} what="instance">
      {(instance) => <Details application={application} group={group} instance={{ ...instance, id }} onChange={onChange} />}
    </Answer>
  );
}

function Details({ application, group, instance, onChange }: Of & { instance: Instance }) {
  const { output } = list.useSearch();
  const navigate = useNavigate();
  const show = (next: string | undefined): void => void navigate({ to: '.', search: ((before: object) => ({ ...before, output: next })) as never, replace: true });
  const place: InstancePlace = { account: group.account, region: group.region, provider: group.cloudProvider, serverGroup: group.name };
  const balancers = instance.loadBalancers ?? group.loadBalancers ?? [];
  const out = Array.isArray(instance['deregisteredFrom']) ? (instance['deregisteredFrom'] as string[]) : [];
  const within = balancers.filter((name) => !out.includes(name));
  const look = lookOf(instance.healthState);
  const actions: Action[] = [
    ...(out.length > 0 ? [{ label: 'Register with load balancers …', icon: 'plus', act: () => onChange(register(application, instance, place, out)) } as const] : []),
    ...(within.length > 0 ? [{ label: 'Deregister from load balancers …', icon: 'pause', danger: true, act: () => onChange(deregister(application, instance, place, within)) } as const] : []),
    // The local provider has no reboot: there an instance is replaced.
    ...(group.cloudProvider === 'local' ? [] : [{ label: 'Reboot …', icon: 'restart', danger: true, act: () => onChange(reboot(application, instance, place)) } as const]),
    { label: 'Terminate …', icon: 'trash', danger: true, act: () => onChange(terminate(application, instance, place)) },
    { label: 'Terminate and shrink …', icon: 'trash', danger: true, act: () => onChange(terminateAndShrink(application, instance, place)) },
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
            ['Load balancers', related(application, group, within, 'loadBalancer')],
            ['Deregistered from', related(application, group, out, 'loadBalancer')],
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
                <span>
                  <Name>{health.type}</Name>: {own.word}
                </span>
              </StatusBadge>
              {health.description && <Long as="pre">{health.description}</Long>}
            </div>
          );
        })}
      </Part>
      <Part title="Everything">
        <AsJson value={instance} />
      </Part>
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
