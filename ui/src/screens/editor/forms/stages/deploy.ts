/** `deploy`: server groups, each with what runs, how many, what becomes of those before, and when it is healthy. */
import type { Fields } from '../../../../gate/wire';
import { choice, choices, flag, group, integer, json, list, map, number, type Spec, text, texts, within } from '../spec';
import { knownAccount, regionsOf } from './accounts';
import { clusterName } from './names';

const isLocal = (form: Fields): boolean => form['cloudProvider'] === 'local';
const strategyIs =
  (...keys: readonly string[]) =>
  (form: Fields): boolean =>
    keys.includes(String(form['strategy'] ?? ''));
const artifactIs =
  (...types: readonly string[]) =>
  ({ type }: Fields): boolean =>
    types.includes(String(type));
const checkIs = artifactIs;

const place: readonly Spec[] = [
  choice('account', 'Account', {
    offer: 'accounts',
    required: true,
    sets: (value, form, { pipeline }) => {
      const known = knownAccount(value);
      if (!known?.cloudProvider) return {};
      const regions = regionsOf([known], known.name);
      const isThere = regions.includes(String(form['region']));
      return { application: form['application'] ?? pipeline.application, cloudProvider: known.cloudProvider, region: isThere ? form['region'] : regions.length === 1 ? regions[0] : undefined };
    },
  }),
  choice('region', 'Region', { offer: 'regions', when: isLocal, required: true }),
  text('stack', 'Stack', { description: 'What it is for: main, test. A part of its name.' }),
  text('freeFormDetails', 'Detail', { description: 'A further part of its name.', note: 'cluster' }),
];

/** What the local agent runs. */
const program: Spec = group(
  'What runs',
  [
    text('command', 'Command', { code: true, description: 'A program: a path, or a name in PATH. It gets its port in PORT.' }),
    texts('arguments', 'Arguments', { item: 'Argument', code: true }),
    map('environment', 'Environment'),
    text('workingDirectory', 'Working folder', { code: true }),
    text('imageId', 'Image', { code: true, description: 'Instead of a command: name:version of an image of the account.' }),
    group(
      'Artifact that is fetched first',
      within('artifact', [
        choice('type', 'Where it is', { choices: choices({ file: 'A file on the machine', http: 'An address', git: 'A git repository', embedded: 'Here, in base64' }) }),
        text('path', 'Path', { code: true, required: true, when: artifactIs('file') }),
        text('url', 'Address', { code: true, required: true, when: artifactIs('http', 'git') }),
        text('reference', 'Branch, tag or commit', { code: true, when: artifactIs('git') }),
        text('folder', 'Folder in it', { code: true, when: artifactIs('git') }),
        text('base64', 'Content in base64', { code: true, required: true, when: artifactIs('embedded') }),
        text('name', 'Name of the file', { code: true, when: artifactIs('file', 'http', 'embedded') }),
        text('digest', 'SHA-256, or commit', { code: true, when: artifactIs('file', 'http', 'git'), description: 'Something else is refused.' }),
      ]),
      { folded: true },
    ),
  ],
  { when: isLocal },
);

const size: Spec = group('Size', [
  flag('useSourceCapacity', 'As large as the one before', { default: false }),
  integer(['capacity', 'desired'], 'Instances', { default: 1, check: (value) => (Number(value) < 0 ? 'Write 0 or more.' : undefined) }),
  integer(['capacity', 'min'], 'At least', { description: 'As many as instances, without it.', check: (value, form) => ordered(value, (form['capacity'] as Fields | undefined)?.['desired'], 'Not more than instances.') }),
  integer(['capacity', 'max'], 'At most', { description: 'As many as instances, without it.', check: (value, form) => ordered((form['capacity'] as Fields | undefined)?.['desired'], value, 'Not fewer than instances.') }),
  number('targetHealthyDeployPercentage', 'Percent that has to serve', { default: 100 }),
]);

function ordered(less: unknown, more: unknown, words: string): string | undefined {
  return typeof less === 'number' && typeof more === 'number' && less > more ? words : undefined;
}

const strategy: Spec = group('What becomes of the one before', [
  choice('strategy', 'Strategy', {
    default: 'none',
    choices: choices({
      redblack: 'Red/black: it leaves traffic once the new one serves',
      highlander: 'Highlander: it is destroyed once the new one serves',
      rollingredblack: 'Rolling red/black: step by step',
      monitored: 'Monitored: step by step, and a monitor judges each',
      custom: 'Custom: a strategy pipeline',
      none: 'None: it stays',
    }),
  }),
  texts('targetPercentages', 'Steps, in percent', { item: 'Step', numeric: true, when: strategyIs('rollingredblack'), description: '100 is always the last.' }),
  texts('deploySteps', 'Steps, in percent', { item: 'Step', numeric: true, when: strategyIs('monitored') }),
  choice(['deploymentMonitor', 'id'], 'Monitor', { offer: 'monitors', required: true, when: strategyIs('monitored') }),
  map(['deploymentMonitor', 'parameters'], 'Parameters of the monitor', { when: strategyIs('monitored') }),
  choice(['failureActions', 'rollback'], 'When it fails', { default: 'None', choices: choices({ Automatic: 'Automatic rollback', Manual: 'Manual rollback', None: 'No rollback' }), when: strategyIs('monitored') }),
  flag(['failureActions', 'destroyInstances'], 'Destroy the new one then', { default: false, when: strategyIs('monitored') }),
  choice('strategyApplication', 'Application of the strategy', { offer: 'applications', required: true, when: strategyIs('custom') }),
  choice('strategyPipeline', 'Strategy pipeline', { offer: 'strategies', required: true, when: strategyIs('custom') }),
  map('pipelineParameters', 'Its parameters', { when: strategyIs('custom') }),
  integer('maxRemainingAsgs', 'Server groups that stay', { when: strategyIs('redblack', 'monitored'), description: 'The new one included; older ones are destroyed. All, without it.' }),
  flag('allowDeleteActive', 'Destroy also those in traffic', { default: false, when: strategyIs('redblack') }),
  integer('delayBeforeDisableSec', 'Seconds until it leaves traffic', { default: 0, when: strategyIs('redblack') }),
  integer('delayBeforeCleanup', 'Seconds until it leaves traffic, in each step', { default: 0, when: strategyIs('rollingredblack') }),
  flag('scaleDown', 'Scale it to nothing afterwards', { default: false, when: strategyIs('redblack', 'rollingredblack', 'monitored') }),
  integer('delayBeforeScaleDownSec', 'Seconds until then', { default: 0, when: (form) => form['scaleDown'] === true && strategyIs('redblack', 'rollingredblack', 'monitored')(form) }),
  flag(['rollback', 'onFailure'], 'Go back if it fails', { default: false, when: strategyIs('redblack', 'rollingredblack') }),
  flag(['rollback', 'destroyLatest'], 'Destroy the new one then', { default: false, when: (form) => strategyIs('redblack', 'rollingredblack')(form) && (form['rollback'] as Fields | undefined)?.['onFailure'] === true }),
]);

const traffic: Spec = group('Traffic and health', [
  texts('loadBalancers', 'Load balancers', { item: 'Load balancer', offer: 'loadBalancers' }),
  flag('startDisabled', 'Takes no traffic at first', { default: false, when: isLocal }),
  ...within('healthCheck', [
    choice('type', 'Healthy when', { choices: choices({ http: 'It answers over HTTP', tcp: 'Its port takes connections', command: 'A command ends well', process: 'It runs' }) }),
    text('path', 'Path', { code: true, required: true, when: checkIs('http'), check: (value) => (String(value).startsWith('/') ? undefined : 'It begins with /.') }),
    text('command', 'Command', { code: true, required: true, when: checkIs('command') }),
    texts('args', 'Its arguments', { item: 'Argument', code: true, when: checkIs('command') }),
    integer('startupGraceMs', 'Milliseconds to start in', { default: 30_000, when: checkIs('http', 'tcp', 'command') }),
    integer('intervalMs', 'Milliseconds between looks', { default: 2000, when: checkIs('http', 'tcp', 'command') }),
    integer('timeoutMs', 'Milliseconds of a look', { default: 2000, when: checkIs('http', 'tcp', 'command') }),
    integer('healthyThreshold', 'Good looks until it is healthy', { default: 1, when: checkIs('http', 'tcp', 'command') }),
    integer('unhealthyThreshold', 'Bad looks until it is not', { default: 3, when: checkIs('http', 'tcp', 'command') }),
  ]).map((spec): Spec => ({ ...spec, when: (form) => isLocal(form) && (spec.when?.(form) ?? true) })),
]);

const process: Spec = group(
  'Start and stop',
  [
    choice(['restart', 'mode'], 'When a process ends by itself', { choices: choices({ always: 'Start it again', onFailure: 'Start it again if it failed', never: 'Leave it' }) }),
    integer('stopGraceMs', 'Milliseconds to stop in', { default: 10_000 }),
    integer('drainTimeoutMs', 'Milliseconds for open requests', { default: 30_000 }),
  ],
  { when: isLocal, folded: true },
);

/** What other clouds call where: their settings are theirs, and stand below as JSON. */
const elsewhere: readonly Spec[] = [json('availabilityZones', 'Regions and their zones', { when: (form) => form['cloudProvider'] !== undefined && !isLocal(form), description: 'For example {"us-east-1": ["us-east-1a"]}.' })];

/** The fields of one server group. */
export const serverGroup: readonly Spec[] = [...place, ...elsewhere, program, size, strategy, traffic, process];

/** A new server group: all that a stage of the local cloud needs but its command. */
export function freshServerGroup(): Fields {
  return { strategy: 'redblack', capacity: { min: 1, max: 1, desired: 1 } };
}

export const deploy: readonly Spec[] = [
  list('clusters', 'Server groups', {
    item: 'Server group',
    keeps: ['application', 'cloudProvider', 'provider'],
    required: true,
    description: 'They are deployed side by side.',
    fields: serverGroup,
    fresh: [{ label: 'Server group', make: freshServerGroup }],
    titleOf: (form) => [form['account'], clusterName(form, '…')].filter((part) => typeof part === 'string').join(' '),
  }),
];
