/** What starts a pipeline: the types of triggers that echo matches and orca starts, and what each asks for. */
import type { Fields } from '../../../../gate/wire';
import { choice, choices, flag, type Fresh, group, list, map, plain, some, type Spec, text } from '../spec';

/** The types, as people know them. */
export const TRIGGER_TYPES: Readonly<Record<string, string>> = {
  pipeline: 'Pipeline',
  git: 'Git',
  webhook: 'Webhook',
  docker: 'Docker registry',
  cron: 'Schedule',
  pubsub: 'Pub/Sub',
  cdevents: 'CDEvents',
  jenkins: 'Jenkins',
  travis: 'Travis',
  concourse: 'Concourse',
  'gitlab-ci': 'GitLab CI',
  helm: 'Helm repository',
  'helm/oci': 'Helm chart in a registry',
  artifactory: 'Artifactory',
  nexus: 'Nexus',
  plugin: 'Plugin',
};

const is =
  (...types: readonly string[]) =>
  ({ type }: Fields): boolean =>
    types.includes(String(type));

const constraints = (name: string, label: string, description: string, when: Spec['when']): Spec => map(name, label, { description, when, item: label });
const tag = 'A regular expression of Java for the whole; empty is all but latest.';

/** The fields of a trigger, by its type. */
const own: readonly Spec[] = [
  choice('application', 'Application', { offer: 'applications', required: true, when: is('pipeline') }),
  choice('pipeline', 'Pipeline', { offer: 'pipelines', required: true, when: is('pipeline'), description: 'This one starts when that one has ended so.' }),
  some('status', 'Ended', { choices: choices({ successful: 'Succeeded', failed: 'Failed', canceled: 'Cancelled' }), required: true, when: is('pipeline') }),

  choice('source', 'Where', { choices: choices({ github: 'GitHub', gitlab: 'GitLab', bitbucket: 'Bitbucket', stash: 'Bitbucket Server' }), required: true, when: is('git'), note: 'gitAddress' }),
  text('project', 'Organization, user or project', { required: true, when: is('git') }),
  text('slug', 'Repository', { required: true, when: is('git'), description: 'Its name, not its address.' }),
  text('branch', 'Branch', { when: is('git'), code: true, description: 'A regular expression of Java for the whole name; empty is every branch.' }),
  some('events', 'Events', { when: is('git'), choices: plain('push:push', 'pull_request:opened', 'pull_request:synchronize', 'pull_request:reopened', 'pull_request:closed'), description: 'None is every event.' }),
  text('secret', 'Secret', { when: (form) => form['type'] === 'git' && form['source'] === 'github', description: "What GitHub signs with; without one the install's." }),

  text('source', 'Source', { required: true, when: is('webhook', 'cdevents'), note: 'webhookAddress', description: 'The last part of the address.' }),
  constraints('payloadConstraints', 'Payload has to have', 'A key or a JSON path, and a regular expression of Java that its value has to match.', is('webhook', 'cdevents', 'pubsub')),
  constraints('attributeConstraints', 'Headers or attributes have to be', 'A name, and what its value has to match.', is('cdevents', 'pubsub')),

  choice('pubsubSystem', 'System', { choices: plain('google', 'amazon', 'kafka'), required: true, when: is('pubsub') }),
  text('subscriptionName', 'Subscription', { offer: 'subscriptions', required: true, when: is('pubsub') }),

  text('account', 'Account of the registry', { required: true, when: is('docker', 'helm/oci', 'helm') }),
  text('registry', 'Registry', { when: is('docker', 'helm/oci'), description: 'For example index.docker.io.' }),
  text('repository', 'Repository', { required: true, when: is('docker', 'helm/oci'), description: 'For example acme/storefront.' }),
  text('tag', 'Tag', { when: is('docker', 'helm/oci'), code: true, description: tag }),
  text('chart', 'Chart', { required: true, when: is('helm') }),
  text('version', 'Version', { when: is('helm') }),

  text('cronExpression', 'Schedule', { required: true, when: is('cron'), code: true, note: 'schedule', description: 'Seconds, minutes, hours, day of the month, month, day of the week: 0 0 3 ? * MON-FRI.' }),

  text('master', 'Build server', { required: true, when: is('jenkins', 'travis', 'concourse', 'gitlab-ci') }),
  text('job', 'Job', { required: true, when: is('jenkins', 'travis', 'concourse', 'gitlab-ci') }),
  text('artifactorySearchName', 'Search', { required: true, when: is('artifactory') }),
  text('nexusSearchName', 'Search', { required: true, when: is('nexus') }),
  choice('pluginEventType', 'Event', { choices: plain('PUBLISHED', 'INSTALLED'), default: 'PUBLISHED', when: is('plugin') }),
];

const common: readonly Spec[] = [
  flag('enabled', 'Enabled', { default: false }),
  some('expectedArtifactIds', 'Starts only with these artifacts', {
    offer: 'expectedArtifacts',
    when: (form) => !is('cron')(form) || Array.isArray(form['expectedArtifactIds']),
    description: 'Of those that this pipeline expects. Without any it starts whatever comes.',
  }),
  choice('runAsUser', 'Run as', { offer: 'serviceAccounts', description: 'A service account whose permissions the run has.' }),
];

/** The fields of a trigger of any type. */
export const triggerFields: readonly Spec[] = [...own, group('Artifacts and permissions', common.slice(1), { folded: true }), ...common.slice(0, 1), text('description', 'Description')];

/** A new trigger of each type. */
const fresh: readonly Fresh[] = Object.entries(TRIGGER_TYPES).map(([type, label]) => ({
  label,
  make: () => ({ enabled: true, type, ...(type === 'pipeline' ? { status: ['successful'] } : {}), ...(type === 'cron' ? { id: crypto.randomUUID(), cronExpression: '0 0 10 ? * MON-FRI' } : {}) }),
}));

/** All triggers of a pipeline. */
export const triggers: readonly Spec[] = [
  list('triggers', 'Triggers', {
    item: 'Trigger',
    keeps: ['id', 'type'],
    description: 'Each of them starts the pipeline.',
    fields: triggerFields,
    fresh,
    titleOf: (trigger) => [TRIGGER_TYPES[String(trigger['type'])] ?? String(trigger['type'] ?? ''), trigger['enabled'] === true ? '' : '(disabled)'].filter((part) => part !== '').join(' '),
  }),
];
