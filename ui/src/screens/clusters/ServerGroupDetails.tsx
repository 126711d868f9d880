/** `.../clusters/serverGroupDetails/PROVIDER/ACCOUNT/REGION/NAME`: a server group, what it runs, and what can be done to it. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import type { ServerGroup } from '../../gate/cloud';
import type { Fields } from '../../gate/wire';
import { scalingActivities, serverGroup, serverGroups } from '../../gate/serverGroups';
import { Button, IconButton } from '../../parts/Button';
import { Dialog } from '../../parts/Dialog';
import { Long } from '../../parts/Long';
import { type Action, Menu } from '../../parts/Menu';
import { Answer, Problem } from '../../parts/States';
import { StatusBar } from '../../parts/Status';
import { Name } from '../../parts/Text';
import { Ago, Moment } from '../../parts/Time';
import { ChangeDialog } from '../infrastructure/ChangeDialog';
import { AsJson, Facts, FieldsOf, Value } from '../infrastructure/Facts';
import { countHealth, lookOf, present, sentenceOf } from '../infrastructure/health';
import { Gone, isGone, Panel, Part } from '../infrastructure/Split';
import { Tags } from '../infrastructure/Tags';
import { related } from './Related';
import { versionOf } from './rows';
import styles from './Details.module.css';
import { destroy, disable, enable, siblings, unscale } from './serverGroupChanges';
import { CloneDialog, LastGoodDialog, ResizeDialog, RollbackDialog, ScalingDialog, WeightDialog } from './ServerGroupDialogs';

const route = getRouteApi('/applications/$application/clusters/serverGroupDetails/$provider/$account/$region/$name');
/** Instances that are listed; all of them are in the list of clusters. */
const LISTED = 200;
/** What stands in a part of its own, or is of no interest beside it. */
const TOLD = [
  'name', 'account', 'accountName', 'region', 'type', 'cloudProvider', 'cluster', 'moniker', 'createdTime', 'disabled', 'isDisabled', 'capacity', 'instances', 'instanceCounts',
  'loadBalancers', 'securityGroups', 'launchConfig', 'problems', 'scalingPolicies', 'application', 'stack', 'freeFormDetail', 'insightActions', 'buildInfo', 'zones', 'entityTags',
];

type Open = 'resize' | 'rollback' | 'lastGood' | 'enable' | 'disable' | 'clone' | 'weight' | 'scaling' | 'destroy' | { readonly unscale: string };

/** The details. */
export function ServerGroupDetails() {
  const { application, account, region, name } = route.useParams();
  const query = useQuery(serverGroup(application, { account, region, name }));
  if (isGone(query)) return <Gone kind="Server group" name={name} back={{ to: '/applications/$application/clusters', application }} />;
  return (
    <Answer query={query} what="server group" key={`${account} ${region} ${name}`}>
      {(group) => <Details application={application} group={{ ...group, isDisabled: group.isDisabled ?? group['disabled'] === true }} />}
    </Answer>
  );
}

function Details({ application, group }: { application: string; group: ServerGroup }) {
  const [open, setOpen] = useState<Open>();
  const counts = countHealth(group.instances);
  const launch = group.launchConfig ?? {};
  const version = versionOf(group);
  // It counts the changes of the launch configuration, and has nothing to do with what is deployed.
  const launchVersion = Number(launch['version'] ?? 0);
  const actions: Action[] = [
    group.isDisabled ? { label: 'Enable …', icon: 'play', act: () => setOpen('enable') } : { label: 'Disable …', icon: 'pause', danger: true, act: () => setOpen('disable') },
    { label: 'Clone …', icon: 'copy', act: () => setOpen('clone') },
    { label: 'Return to the last good version …', icon: 'restart', act: () => setOpen('lastGood') },
    ...(group.cloudProvider === 'local' && !group.isDisabled ? [{ label: 'Change its weight …', icon: 'filter', act: () => setOpen('weight') } as const] : []),
    { label: 'Destroy …', icon: 'trash', danger: true, act: () => setOpen('destroy') },
  ];
  return (
    <Panel
      kind="Server group"
      name={group.name}
      back={{ to: '/applications/$application/clusters', application }}
      state={<span className={group.isDisabled ? styles.off : styles.on}>{group.isDisabled ? 'Disabled' : 'Enabled'}</span>}
      actions={
        <>
          <Button onPress={() => setOpen('resize')}>Resize …</Button>
          {!group.isDisabled && (
            <Button icon="restart" onPress={() => setOpen('rollback')}>
              Roll back …
            </Button>
          )}
          <Menu label="What else can be done" actions={actions} />
        </>
      }
    >
      {(group.problems ?? []).map((problem, index) => (
        <Long className={styles.problem} key={index}>
          <Problem message={typeof problem === 'string' ? problem : JSON.stringify(problem)} />
        </Long>
      ))}
      <Part title="What it is">
        <Facts
          facts={[
            ['Cluster', <Name key="c">{group.cluster}</Name>],
            ['Account', <Name key="a">{group.account}</Name>],
            ['Region', <Name key="r">{group.region}</Name>],
            ['Created', <Created key="t" at={group.createdTime} />],
            ['Version', version && <Name key="v">{version}</Name>],
            ['Capacity', group.capacity && `${group.capacity.desired} (${group.capacity.min} to ${group.capacity.max})`],
            ['Load balancers', related(application, group, group.loadBalancers, 'loadBalancer')],
            ['Firewalls', related(application, group, group.securityGroups, 'firewall')],
          ]}
        />
        <FieldsOf of={group} without={TOLD} />
      </Part>
      <Part title="Instances">
        {group.instances.length === 0 ? (
          <p className="soft">It has none.</p>
        ) : (
          <>
            <p>{sentenceOf(counts)}</p>
            <StatusBar label={sentenceOf(counts)} parts={present(counts).map(({ tone, count, word }) => ({ tone, weight: count, title: `${count} ${word}` }))} />
            <Instances application={application} group={group} />
          </>
        )}
      </Part>
      {Object.keys(launch).length > 0 && (
        <Part title="What it runs">
          <Facts facts={[['Launch configuration', launchVersion > 0 && `version ${launchVersion}: it was changed since the server group was made`]]} />
          <FieldsOf of={launch} without={['version']} />
        </Part>
      )}
      {group.buildInfo && (
        <Part title="Build">
          <FieldsOf of={group.buildInfo} />
        </Part>
      )}
      <Scaling application={application} group={group} onAdd={() => setOpen('scaling')} onRemove={(policy) => setOpen({ unscale: policy })} />
      <Tags application={application} entity={{ entityType: 'servergroup', entityId: group.name, account: group.account, region: group.region, cloudProvider: group.cloudProvider }} />
      <Part title="Everything">
        <AsJson value={group} />
      </Part>
      <Dialogs application={application} group={group} open={open} onClose={() => setOpen(undefined)} />
    </Panel>
  );
}

function Created({ at }: { at: number | null | undefined }) {
  return (
    <>
      <Ago at={at} /> <span className="soft">(<Moment at={at} />)</span>
    </>
  );
}

function Instances({ application, group }: { application: string; group: ServerGroup }) {
  return (
    <>
      <ul className={styles.instances}>
        {group.instances.slice(0, LISTED).map((instance) => {
          const look = lookOf(instance.healthState);
          return (
            <li key={instance.id}>
              <span className={styles.dot} data-tone={look.tone} aria-hidden="true" />
              <Link
                to="/applications/$application/clusters/instanceDetails/$provider/$instanceId"
                params={{ application, provider: group.cloudProvider, instanceId: instance.id }}
                search={((before: object) => before) as never}
              >
                <Name>{instance.name ?? instance.id}</Name>
              </Link>
              <span className="soft">{look.word}</span>
              <Ago at={instance.launchTime} />
            </li>
          );
        })}
      </ul>
      {group.instances.length > LISTED && <p className="soft">These are {LISTED} of them. Search for the others in the list of clusters.</p>}
    </>
  );
}

function Scaling({ application, group, onAdd, onRemove }: { application: string; group: ServerGroup; onAdd: () => void; onRemove: (policy: string) => void }) {
  const policies = group.scalingPolicies ?? [];
  const { data: activities = [] } = useQuery({ ...scalingActivities(application, group, group.cluster, group.cloudProvider), enabled: policies.length > 0 });
  const ours = group.cloudProvider === 'local';
  if (policies.length === 0 && !ours) return null;
  const add = ours && (
    <Button look="quiet" icon="plus" onPress={onAdd}>
      Add …
    </Button>
  );
  return (
    <Part title="Scaling" actions={add}>
      {policies.length === 0 && <p className="soft">Its size changes by hand only.</p>}
      {policies.map((policy, index) => {
        const name = typeof policy['policyName'] === 'string' ? policy['policyName'] : undefined;
        return (
          <div key={name ?? index} className={styles.policy}>
            <FieldsOf of={policy} />
            {name !== undefined && <IconButton label={`Delete the scaling policy ${name}`} icon="trash" onPress={() => onRemove(name)} />}
          </div>
        );
      })}
      {activities.length > 0 && (
        <details>
          <summary className="soft">{activities.length} changes by itself</summary>
          <ol className={styles.activities}>
            {activities.map((activity: Fields, index) => (
              <li key={index}>
                <bdi>{String(activity['description'] ?? '')}</bdi> <Ago at={typeof activity['startTime'] === 'number' ? activity['startTime'] : undefined} />
                <div className="soft">
                  <Value value={activity['cause']} />
                </div>
              </li>
            ))}
          </ol>
        </details>
      )}
    </Part>
  );
}

function Dialogs({ application, group, open, onClose }: { application: string; group: ServerGroup; open: Open | undefined; onClose: () => void }) {
  const query = useQuery(serverGroups(application));
  const navigate = useNavigate();
  const common = { application, group, onClose };
  if (open === undefined) return null;
  // What a change means depends on the cluster's other server groups.
  const all = query.data;
  if (all === undefined) {
    return (
      <Dialog title={group.name} onClose={onClose}>
        <Answer query={query} what="cluster">
          {() => null}
        </Answer>
      </Dialog>
    );
  }
  if (typeof open === 'object') return <ChangeDialog application={application} change={unscale(application, group, open.unscale)} onClose={onClose} />;
  switch (open) {
    case 'resize':
      return <ResizeDialog {...common} />;
    case 'rollback':
      return <RollbackDialog {...common} others={siblings(group, all)} />;
    case 'lastGood':
      return <LastGoodDialog {...common} />;
    case 'clone':
      return <CloneDialog {...common} />;
    case 'weight':
      return <WeightDialog {...common} />;
    case 'scaling':
      return <ScalingDialog {...common} />;
    case 'enable':
      return <ChangeDialog application={application} change={enable(application, group)} onClose={onClose} />;
    case 'disable':
      return <ChangeDialog application={application} change={disable(application, group, all)} onClose={onClose} />;
    case 'destroy':
      return (
        <ChangeDialog
          application={application}
          change={destroy(application, group, all)}
          onClose={onClose}
          onDone={() => void navigate({ to: '/applications/$application/clusters', params: { application }, search: ((before: object) => before) as never })}
        />
      );
  }
}
