/** What every stage has besides its own settings: when it runs, what its failure means, whom it tells, what it makes. */
import type { Fields } from '../../../../gate/wire';
import { expectedArtifactFields, freshArtifact } from '../pipeline/artifacts';
import { notificationFields, STAGE_MOMENTS } from '../pipeline/notifications';
import { choices, expression, flag, group, integer, list, long, plain, some, type Spec } from '../spec';

/** What becomes of the pipeline when the stage fails, by upstream's flags. */
export type OnFailure = 'halt' | 'branch' | 'later' | 'ignore';

/** The ways, as people know them. */
export const ON_FAILURE: Readonly<Record<OnFailure, string>> = {
  halt: 'Halt the whole pipeline',
  branch: 'Halt this branch, and go on with others',
  later: 'Halt this branch, and fail once the others are done',
  ignore: 'Ignore the failure, and go on',
};

/** What a stage says. */
export function onFailureOf(stage: Fields): OnFailure {
  const is = (name: string): boolean => stage[name] === true || stage[name] === 'true';
  if (is('completeOtherBranchesThenFail')) return 'later';
  if (is('continuePipeline')) return 'ignore';
  return stage['failPipeline'] === false || stage['failPipeline'] === 'false' ? 'branch' : 'halt';
}

/** The flags that say it. */
export function flagsOf(way: OnFailure): Fields {
  return { failPipeline: way === 'halt', continuePipeline: way === 'ignore', completeOtherBranchesThenFail: way === 'later' };
}

/** Keys of a stage that its form does not show: the editor has them. */
export const EDITORS: readonly string[] = ['refId', 'requisiteStageRefIds', 'type', 'name'];
/** The flags that `onFailureOf` reads. */
export const FAILURE_FLAGS: readonly string[] = ['failPipeline', 'continuePipeline', 'completeOtherBranchesThenFail'];

const days = choices({ 2: 'Monday', 3: 'Tuesday', 4: 'Wednesday', 5: 'Thursday', 6: 'Friday', 7: 'Saturday', 1: 'Sunday' }).toSorted((one, other) => ((Number(one.value) + 5) % 7) - ((Number(other.value) + 5) % 7));
const window = (name: string, label: string, most: number, more: Partial<Spec> = {}): Spec =>
  integer(name, label, { check: (value) => (Number(value) >= 0 && Number(value) <= most ? undefined : `Write a number from 0 to ${most}.`), ...more });
const isRestricted = (stage: Fields): boolean => stage['restrictExecutionDuringTimeWindow'] === true;
const at = (...names: readonly string[]): readonly string[] => ['restrictedExecutionWindow', ...names];

/** When it runs. */
export const execution: readonly Spec[] = [
  expression(['stageEnabled', 'expression'], 'Runs only if', {
    description: 'An expression that has to be true; otherwise the stage is skipped.',
    sets: (value, stage) => (value === undefined ? { stageEnabled: undefined } : { stageEnabled: { ...(stage['stageEnabled'] as Fields | undefined), type: 'expression', expression: value } }),
  }),
  flag('failOnFailedExpressions', 'Fail if an expression has no value', { default: false }),
  integer('stageTimeoutMs', 'Time-out', { description: 'Milliseconds that each of its tasks may take; without one as long as its type says.' }),
  flag('restrictExecutionDuringTimeWindow', 'Runs at certain times only', { default: false }),
  group(
    'Times',
    [
      some(at('days'), 'Days', { choices: days, numeric: true, description: 'None is every day.' }),
      list(at('whitelist'), 'Hours', {
        item: 'Span',
        description: "In the time zone that orca's settings name.",
        fresh: [{ label: 'Span', make: () => ({ startHour: 9, startMin: 0, endHour: 17, endMin: 0 }) }],
        fields: [
          window('startHour', 'From hour', 23, { required: true }),
          window('startMin', 'Minute', 59, { default: 0 }),
          window('endHour', 'To hour', 24, { required: true }),
          window('endMin', 'Minute', 59, { default: 0 }),
        ],
      }),
      flag(at('jitter', 'enabled'), 'Wait a little longer, by chance', { default: false }),
      integer(at('jitter', 'minDelay'), 'At least, in seconds', { when: hasJitter }),
      integer(at('jitter', 'maxDelay'), 'At most, in seconds', { when: hasJitter }),
      flag(at('jitter', 'skipManual'), 'Not if a person started it', { default: false, when: hasJitter }),
    ],
    { when: isRestricted },
  ),
];

function hasJitter(stage: Fields): boolean {
  return ((stage['restrictedExecutionWindow'] as Fields | undefined)?.['jitter'] as Fields | undefined)?.['enabled'] === true;
}

/** Whom it tells. A judgment tells of itself, of its answer, and whether it may go on. */
export function notifications(type: string): readonly Spec[] {
  const moments = type === 'manualJudgment' ? choices({ manualJudgment: 'It awaits a judgment', manualJudgmentContinue: 'It may go on', manualJudgmentStop: 'It was stopped' }) : STAGE_MOMENTS;
  return [
    flag('sendNotifications', 'Tell of this stage', { default: false, note: 'unsent' }),
    list('notifications', 'Notifications', {
      item: 'Notification',
      keeps: ['level'],
      when: (stage) => stage['sendNotifications'] === true || Array.isArray(stage['notifications']),
      fields: notificationFields(moments),
      titleOf: (one) => [one['type'], one['address']].filter((part) => typeof part === 'string' && part !== '').join(' '),
      fresh: [{ label: 'Notification', make: () => ({ level: 'stage', when: [] }) }],
    }),
  ];
}

/** The stage types whose artifacts orca binds to what they are expected to make. */
const PRODUCERS = new Set(['pipeline', 'webhook', 'runJob', 'evaluateArtifacts', 'findArtifactFromExecution', 'preconfiguredJob', 'preconfiguredWebhook']);

/** What it makes for later stages, for those that make something. */
export function produces(type: string): readonly Spec[] {
  return [
    list('expectedArtifacts', 'Artifacts that it produces', {
      item: 'Artifact',
      keeps: ['id', 'defaultArtifact'],
      when: (stage) => PRODUCERS.has(type) || Array.isArray(stage['expectedArtifacts']),
      fields: expectedArtifactFields,
      titleOf: (one) => (typeof one['displayName'] === 'string' ? one['displayName'] : ''),
      fresh: [{ label: 'Artifact', make: freshArtifact }],
    }),
  ];
}

/** What people should know of it. */
export const comments: readonly Spec[] = [long('comments', 'Comments', { description: 'For people; it may hold expressions.' })];

/** Ways to say what a stage's status is. */
export const STATUSES = plain('SUCCEEDED', 'FAILED_CONTINUE', 'TERMINAL', 'CANCELED', 'STOPPED', 'SKIPPED', 'RUNNING', 'NOT_STARTED');
