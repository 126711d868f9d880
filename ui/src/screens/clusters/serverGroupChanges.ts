/** What can be done to a server group, as upstream's tasks with their jobs, and as the cloud's operations to plan by. */
import type { Capacity, ServerGroup } from '../../gate/cloud';
import { returnToLastGood } from '../../gate/serverGroups';
import type { Operation } from '../../gate/plans';
import type { Fields } from '../../gate/wire';
import { type Change, taskChange } from '../infrastructure/change';
import { countHealth } from '../infrastructure/health';

/** What names a server group in a job. */
function jobOf(group: ServerGroup): Fields {
  return {
    asgName: group.name,
    serverGroupName: group.name,
    moniker: group.moniker,
    region: group.region,
    credentials: group.account,
    cloudProvider: group.cloudProvider,
  };
}

/** What names it in a cloud's operation. */
function operationOf(group: ServerGroup, name = group.name): Fields {
  return { serverGroupName: name, asgName: name, region: group.region, credentials: group.account, account: group.account };
}

function operations(group: ServerGroup, ...all: Operation[]): Change['operations'] {
  return { provider: group.cloudProvider, all };
}

const upOf = (group: ServerGroup): number => countHealth(group.instances).get('Up') ?? 0;

/** The others of its cluster in its region that take requests. */
export function othersInTraffic(group: ServerGroup, all: readonly ServerGroup[]): ServerGroup[] {
  return siblings(group, all).filter((one) => one.isDisabled !== true && upOf(one) > 0);
}

/** The others of its cluster in its region, the newest first. */
export function siblings(group: ServerGroup, all: readonly ServerGroup[]): ServerGroup[] {
  const own = all.filter((one) => one.name !== group.name && one.cluster === group.cluster && one.account === group.account && one.region === group.region);
  return own.toSorted((one, other) => (other.createdTime ?? 0) - (one.createdTime ?? 0));
}

/** What its cluster loses in traffic without it. */
function lossOf(group: ServerGroup, all: readonly ServerGroup[]): string {
  const own = upOf(group);
  const left = othersInTraffic(group, all).reduce((sum, one) => sum + upOf(one), 0);
  if (group.isDisabled === true || own === 0) return 'It takes no requests now.';
  if (left === 0) return `Nothing else of the cluster ${group.cluster} takes requests: after this nothing serves them.`;
  return `${own} of the cluster's ${own + left} instances that are up leave traffic; ${left} ${left === 1 ? 'stays' : 'stay'}.`;
}

/** Another size. */
export function resize(application: string, group: ServerGroup, capacity: Capacity): Change {
  const before = group.capacity;
  const from = before ? ` from (${sizeOf(before)}) ` : ' ';
  const fewer = (before?.desired ?? group.instances.length) - capacity.desired;
  return taskChange(application, `Resize Server Group: ${group.name}${from}to (${sizeOf(capacity)})`, {
    title: `Resize ${group.name}`,
    action: 'Resize',
    danger: fewer > 0,
    says: [comingAndGoing(fewer)],
    operations: operations(group, { resizeServerGroup: { ...operationOf(group), capacity } }),
    jobs: [{ ...jobOf(group), type: 'resizeServerGroup', capacity }],
  });
}

function comingAndGoing(fewer: number): string {
  if (fewer === 0) return 'The number of instances stays; only its bounds change.';
  if (fewer < 0) return `${count(-fewer)} more ${fewer === -1 ? 'is' : 'are'} started.`;
  return `${count(fewer)} ${fewer === 1 ? 'leaves traffic and ends' : 'leave traffic and end'}.`;
}

/** What is wrong with a size. */
export function problemOfCapacity({ min, desired, max }: Capacity): string | undefined {
  if (![min, desired, max].every((one) => Number.isInteger(one) && one >= 0)) return 'Sizes are whole numbers from 0.';
  if (min > desired) return 'The minimum is more than the desired number.';
  if (desired > max) return 'The maximum is less than the desired number.';
  return undefined;
}

function sizeOf({ min, max, desired }: Capacity): string {
  return `min: ${min}, max: ${max}, desired: ${desired}`;
}

function count(number: number): string {
  return number === 1 ? '1 instance' : `${number} instances`;
}

/** Into traffic. */
export function enable(application: string, group: ServerGroup): Change {
  return taskChange(application, `Enable Server Group: ${group.name}`, {
    title: `Enable ${group.name}`,
    action: 'Enable',
    danger: false,
    says: ['Its instances take requests again.'],
    operations: operations(group, { enableServerGroup: operationOf(group) }),
    jobs: [{ ...jobOf(group), type: 'enableServerGroup' }],
  });
}

/** Out of traffic. */
export function disable(application: string, group: ServerGroup, all: readonly ServerGroup[]): Change {
  return taskChange(application, `Disable Server Group: ${group.name}`, {
    title: `Disable ${group.name}`,
    action: 'Disable',
    danger: true,
    says: [lossOf(group, all), 'Its instances go on running, and can be enabled again.'],
    operations: operations(group, { disableServerGroup: operationOf(group) }),
    jobs: [{ ...jobOf(group), type: 'disableServerGroup' }],
  });
}

/** Out of traffic, and gone. */
export function destroy(application: string, group: ServerGroup, all: readonly ServerGroup[]): Change {
  const last = siblings(group, all).length === 0 ? [`It is the last server group of ${group.cluster} in ${group.region}.`] : [];
  return taskChange(application, `Destroy Server Group: ${group.name}`, {
    title: `Destroy ${group.name}`,
    action: 'Destroy',
    danger: true,
    typed: group.name,
    says: [lossOf(group, all), ...last, `Its ${count(group.instances.length)} end, and it is gone. This cannot be undone.`],
    operations: operations(group, { disableServerGroup: operationOf(group) }, { destroyServerGroup: operationOf(group) }),
    jobs: [{ ...jobOf(group), type: 'destroyServerGroup' }],
  });
}

/** To another server group of its cluster, and out of traffic itself. */
export function rollBack(application: string, group: ServerGroup, to: ServerGroup, healthy: number): Change {
  const rollbackContext = { rollbackServerGroupName: group.name, restoreServerGroupName: to.name, targetHealthyRollbackPercentage: healthy };
  const desired = Math.max(group.capacity?.desired ?? 0, to.capacity?.desired ?? 0);
  const grown = to.capacity && desired > to.capacity.desired;
  const capacity = { min: to.capacity?.min ?? 0, max: Math.max(to.capacity?.max ?? 0, desired), desired };
  const growing: Operation[] = grown ? [{ resizeServerGroup: { ...operationOf(group, to.name), capacity } }] : [];
  return taskChange(application, `Rollback Server Group: ${group.name}`, {
    title: `Roll back ${group.name}`,
    action: 'Roll back',
    danger: true,
    says: [`${to.name} takes requests again${grown ? `, with ${count(desired)}` : ''}. Once ${healthy} % of it is healthy, ${group.name} leaves traffic; its instances go on running.`],
    operations: operations(group, { enableServerGroup: operationOf(group, to.name) }, ...growing, { disableServerGroup: operationOf(group) }),
    jobs: [{ ...jobOf(group), type: 'rollbackServerGroup', rollbackType: 'EXPLICIT', rollbackContext }],
  });
}

/** To the last good version of its cluster, in its region. */
export function backToLastGood(application: string, group: ServerGroup, from: string, to: string, why: string): Change {
  const { account, region, cluster, cloudProvider } = group;
  const rollbackContext = { rollbackServerGroupName: from, restoreServerGroupName: to, targetHealthyRollbackPercentage: 100 };
  return {
    title: `Return ${cluster} to ${to}`,
    action: 'Return',
    danger: true,
    says: [`${to} takes requests again, then ${from} leaves traffic; its instances go on running.`, why],
    operations: operations(group, { enableServerGroup: operationOf(group, to) }, { disableServerGroup: operationOf(group, from) }),
    jobs: [{ ...jobOf(group), type: 'rollbackServerGroup', rollbackType: 'EXPLICIT', rollbackContext }],
    start: (reason) => returnToLastGood(application, account, cluster, cloudProvider, { regions: [region], ...(reason.trim() === '' ? {} : { reason: reason.trim() }) }),
  };
}

/** Another one like it. */
export function clone(application: string, group: ServerGroup, capacity: Capacity, strategy: string): Change {
  const source = { account: group.account, region: group.region, asgName: group.name, serverGroupName: group.name };
  const { stack, detail } = group.moniker ?? {};
  const job: Fields = {
    type: 'cloneServerGroup',
    application,
    stack: stack ?? undefined,
    freeFormDetails: detail ?? undefined,
    account: group.account,
    credentials: group.account,
    region: group.region,
    cloudProvider: group.cloudProvider,
    source,
    capacity,
    ...(strategy === '' ? {} : { strategy }),
  };
  return taskChange(application, `Clone Server Group: ${group.name}`, {
    title: `Clone ${group.name}`,
    action: 'Clone',
    danger: strategy === 'highlander',
    says: [`A new server group of ${group.cluster} runs what ${group.name} runs, with ${count(capacity.desired)}.`, STRATEGY_SAYS[strategy] ?? ''].filter(Boolean),
    operations: operations(group, { cloneServerGroup: { ...operationOf(group), source, capacity } }),
    jobs: [job],
  });
}

/** What becomes of those that run already. */
export const STRATEGIES = [
  { value: '', label: 'None: they stay as they are' },
  { value: 'redblack', label: 'Red/black: they leave traffic' },
  { value: 'highlander', label: 'Highlander: they are destroyed' },
] as const;

const STRATEGY_SAYS: Record<string, string> = {
  redblack: 'Once it serves, the others of the cluster leave traffic.',
  highlander: 'Once it serves, the others of the cluster are destroyed.',
};

/** Its share of the requests. */
export function weigh(application: string, group: ServerGroup, weight: number): Change {
  return taskChange(application, `Change weight of Server Group: ${group.name} to ${weight}`, {
    title: `Weight of ${group.name}`,
    action: 'Change the weight',
    danger: weight === 0,
    says: [weight === 0 ? 'It gets no new requests.' : `Each of its instances counts ${weight} when requests are spread; 100 is what a new server group has.`],
    operations: operations(group, { enableServerGroup: { ...operationOf(group), weight } }),
    jobs: [{ ...jobOf(group), type: 'enableServerGroup', weight }],
  });
}

/** What a scaling policy of the local provider keeps near a target. */
export interface Scaling {
  readonly name: string;
  readonly metric: string;
  readonly target: number;
  readonly scaleIn: boolean;
}

/** A policy by which it changes its size by itself. */
export function scale(application: string, group: ServerGroup, { name, metric, target, scaleIn }: Scaling): Change {
  const policy = { ...(name === '' ? {} : { policyName: name, name }), metric, target, scaleIn };
  return taskChange(application, `Upsert scaling policy of ${group.name}`, {
    title: `Scaling of ${group.name}`,
    action: 'Save',
    danger: false,
    says: [`Instances are added${scaleIn ? ' and removed' : ''} between ${group.capacity?.min ?? 0} and ${group.capacity?.max ?? 0}, so that ${aim(metric, target)}.`],
    operations: operations(group, { upsertScalingPolicy: { ...operationOf(group), ...policy } }),
    jobs: [{ ...jobOf(group), type: 'upsertScalingPolicy', ...policy }],
  });
}

function aim(metric: string, target: number): string {
  if (metric === 'cpuPercent') return `each takes about ${target} % of a processor`;
  if (metric === 'requestsPerSecond') return `each answers about ${target} requests a second`;
  return `${metric} of each is near ${target}`;
}

/** A policy less. */
export function unscale(application: string, group: ServerGroup, policyName: string): Change {
  return taskChange(application, `Delete scaling policy ${policyName}`, {
    title: `Delete the scaling policy ${policyName}`,
    action: 'Delete',
    danger: true,
    says: [`${group.name} stays as large as it is.`],
    operations: operations(group, { deleteScalingPolicy: { ...operationOf(group), policyName } }),
    jobs: [{ ...jobOf(group), type: 'deleteScalingPolicy', policyName }],
  });
}
