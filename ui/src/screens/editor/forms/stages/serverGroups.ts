/** Stages that act on server groups that are there: which, where, and how. */
import type { Fields } from '../../../../gate/wire';
import { choice, choices, flag, group, integer, number, some, type Spec, text } from '../spec';
import { knownAccount, regionsOf } from './accounts';

/** The words for a server group of a cluster. */
export const TARGETS = choices({
  current_asg_dynamic: 'The newest',
  ancestor_asg_dynamic: 'The one before the newest',
  oldest_asg_dynamic: 'The oldest',
  current_asg: 'The newest, as the stage starts',
  ancestor_asg: 'The one before the newest, as the stage starts',
});

/** An account says its cloud, which stages name too, and other regions. */
const account = choice('credentials', 'Account', {
  offer: 'accounts',
  required: true,
  sets: (value, stage) => {
    const known = knownAccount(value);
    if (!known?.cloudProvider) return {};
    const regions = regionsOf([known], known.name);
    const own = Array.isArray(stage['regions']) ? stage['regions'].filter((one) => regions.includes(String(one))) : [];
    return { cloudProvider: known.cloudProvider, cloudProviderType: known.cloudProvider, regions: own.length > 0 ? own : regions.length === 1 ? regions : undefined };
  },
});
const regions = some('regions', 'Regions', { offer: 'regions', item: 'Region', required: true });

/** A cluster also says its moniker, which clouds with other rules for names read. */
const cluster = text('cluster', 'Cluster', { offer: 'clusters', required: true, code: true, sets: (value, stage) => ({ moniker: monikerOf(value, stage) }) });

function monikerOf(value: unknown, stage: Fields): Fields | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const [app, stack, ...detail] = value.split('-');
  const known = (stage['moniker'] ?? {}) as Fields;
  return { ...known, app, cluster: value, ...(stack ? { stack } : {}), ...(detail.length > 0 ? { detail: detail.join('-') } : {}) };
}

const target = choice('target', 'Server group', { choices: TARGETS, required: true });

/** What acts on one server group of a cluster, in each region. */
const one: readonly Spec[] = [account, cluster, regions, target];
/** What acts on all of a cluster but a few. */
const all: readonly Spec[] = [account, cluster, regions];

const enabled = (name: string): ((stage: Fields) => boolean) => (stage) => (stage['action'] ?? 'scale_exact') === name;

export const resize: readonly Spec[] = [
  ...one,
  choice('action', 'What becomes of its size', {
    default: 'scale_exact',
    choices: choices({ scale_exact: 'So many', scale_up: 'More', scale_down: 'Fewer', scale_to_cluster: 'As the largest of the cluster', scale_to_server_group: 'As another server group' }),
  }),
  group(
    'Size',
    [integer(['capacity', 'desired'], 'Desired'), integer(['capacity', 'min'], 'At least'), integer(['capacity', 'max'], 'At most')],
    { when: enabled('scale_exact') },
  ),
  number('scalePct', 'By percent', { when: (stage) => enabled('scale_up')(stage) || enabled('scale_down')(stage) || enabled('scale_to_cluster')(stage) }),
  integer('scaleNum', 'By so many', { when: (stage) => (enabled('scale_up')(stage) || enabled('scale_down')(stage) || enabled('scale_to_cluster')(stage)) && stage['scalePct'] === undefined }),
  text(['source', 'serverGroupName'], 'The other server group', { offer: 'serverGroups', code: true, when: enabled('scale_to_server_group') }),
];

export const destroy: readonly Spec[] = [...one, flag('skipDisableBeforeDestroy', 'Do not take it out of traffic first', { default: false })];
export const disable: readonly Spec[] = [...one, number('desiredPercentage', 'Percent of it', { default: 100 })];
export const enable: readonly Spec[] = one;
export const pin: readonly Spec[] = one;
export const determine: readonly Spec[] = one;

const larger = (name: string): Spec => flag(name, 'Keep larger ones before newer ones', { default: false });
const missing = flag('continueIfClusterNotFound', 'Go on if there is no such cluster', { default: false });

export const disableCluster: readonly Spec[] = [...all, integer('remainingEnabledServerGroups', 'Server groups that stay in traffic', { default: 1 }), larger('preferLargerOverNewer'), missing];
export const shrinkCluster: readonly Spec[] = [
  ...all,
  integer('shrinkToSize', 'Server groups that stay', { default: 1 }),
  flag('allowDeleteActive', 'Also those that are in traffic', { default: false }),
  larger('retainLargerOverNewer'),
  missing,
];
export const scaleDownCluster: readonly Spec[] = [
  ...all,
  integer('remainingFullSizeServerGroups', 'Server groups that keep their size', { default: 1 }),
  flag('allowScaleDownActive', 'Also those that are in traffic', { default: false }),
  larger('preferLargerOverNewer'),
  missing,
];

export const rollbackCluster: readonly Spec[] = [
  account,
  text('cluster', 'Cluster', { offer: 'clusters', required: true, code: true, sets: (value, stage) => ({ moniker: monikerOf(value, stage) }), description: 'In each region its newest server group goes, and the one before comes back.' }),
  regions,
  integer('targetHealthyRollbackPercentage', 'Percent that has to serve', { default: 100 }),
  integer('waitTimeBetweenRegions', 'Seconds between two regions', { default: 0 }),
];

export const rollbackServerGroup: readonly Spec[] = [
  account,
  choice('region', 'Region', { offer: 'regions', required: true }),
  choice('rollbackType', 'Go back to', { required: true, choices: choices({ EXPLICIT: 'A server group', PREVIOUS_IMAGE: 'The image before' }) }),
  text(['rollbackContext', 'rollbackServerGroupName'], 'From the server group', { offer: 'serverGroups', required: true, code: true }),
  text(['rollbackContext', 'restoreServerGroupName'], 'To the server group', { offer: 'serverGroups', required: true, code: true, when: ({ rollbackType }) => rollbackType === 'EXPLICIT' }),
  text(['rollbackContext', 'imageName'], 'Image', { code: true, when: ({ rollbackType }) => rollbackType === 'PREVIOUS_IMAGE', description: 'The one before by its tags, without one.' }),
  integer(['rollbackContext', 'targetHealthyRollbackPercentage'], 'Percent that has to serve', { default: 100 }),
  integer(['rollbackContext', 'delayBeforeDisableSeconds'], 'Seconds in which both serve', { default: 0 }),
];

export const findImage: readonly Spec[] = [
  ...all,
  choice('selectionStrategy', 'Server group', { default: 'NEWEST', choices: choices({ NEWEST: 'The newest', OLDEST: 'The oldest', LARGEST: 'The largest', FAIL: 'The only one, or fail' }) }),
  flag('onlyEnabled', 'Only those that are in traffic', { default: true }),
  text('imageNamePattern', 'Image has to match', { code: true, description: 'A regular expression of Java.' }),
  flag('resolveMissingLocations', 'The image of another region will do', { default: false }),
];
