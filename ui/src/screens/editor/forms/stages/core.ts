/** Stages that need no cloud: waits, judgments, conditions, variables, other pipelines. */
import type { Fields } from '../../../../gate/wire';
import { choice, expression, flag, group, json, list, long, map, number, type Spec, text, texts } from '../spec';
import { STATUSES } from './common';

export const wait: readonly Spec[] = [
  number('waitTime', 'Seconds', { required: true, check: (value) => (Number(value) < 0 ? 'Write 0 or more.' : undefined) }),
  text('skipWaitText', 'Asked before the wait is skipped', { description: 'What a person has to confirm; nothing special without it.' }),
];

export const manualJudgment: readonly Spec[] = [
  long('instructions', 'Instructions', { description: 'What the person should know. Markdown and HTML are written as they are.' }),
  list('judgmentInputs', 'Answers to choose from', {
    item: 'Answer',
    fresh: [{ label: 'Answer', make: () => ({ value: '' }) }],
    fields: [text('value', 'Answer', { required: true })],
    description: 'Without any a person says only whether it goes on.',
  }),
  texts('selectedStageRoles', 'Roles that may judge', { item: 'Role', description: 'Without any everybody may who may run the pipeline.' }),
  flag('propagateAuthenticationContext', 'What follows acts for the person who judged', { default: false }),
];

const conditionIs =
  (kind: string) =>
  ({ type }: Fields): boolean =>
    type === kind;

export const checkPreconditions: readonly Spec[] = [
  list('preconditions', 'Conditions', {
    item: 'Condition',
    required: true,
    description: 'All of them have to hold.',
    keeps: ['type'],
    titleOf: ({ type }) => (type === 'expression' ? 'Expression' : type === 'stageStatus' ? 'Status of a stage' : String(type ?? '')),
    fresh: [
      { label: 'Expression', make: () => ({ type: 'expression', failPipeline: true, context: { expression: '' } }) },
      { label: 'Status of a stage', make: () => ({ type: 'stageStatus', failPipeline: true, context: { stageName: '', stageStatus: 'SUCCEEDED' } }) },
    ],
    fields: [
      expression(['context', 'expression'], 'Has to be true', { required: true, when: conditionIs('expression') }),
      choice(['context', 'stageName'], 'Stage', { offer: 'stages', required: true, when: conditionIs('stageStatus') }),
      choice(['context', 'stageStatus'], 'Has the status', { choices: STATUSES, required: true, when: conditionIs('stageStatus') }),
      flag('failPipeline', 'The pipeline fails if it does not hold', { default: true }),
    ],
  }),
];

export const evaluateVariables: readonly Spec[] = [
  list('variables', 'Variables', {
    item: 'Variable',
    required: true,
    description: 'Later stages read them by name: ${name}.',
    titleOf: ({ key }) => String(key ?? ''),
    fresh: [{ label: 'Variable', make: () => ({ key: '', value: '' }) }],
    fields: [text('key', 'Name', { required: true, code: true, check: (value) => (/^[A-Za-z_]\w*$/.test(String(value)) ? undefined : 'Use letters, digits and _ only, so that expressions can name it.') }), text('value', 'Value', { code: true })],
  }),
];

export const pipeline: readonly Spec[] = [
  choice('application', 'Application', { offer: 'applications', required: true }),
  choice('pipeline', 'Pipeline', { offer: 'pipelines', required: true }),
  map('pipelineParameters', 'Parameters', { note: 'parameters', description: 'What the other pipeline is started with.' }),
  flag('waitForCompletion', 'Wait until it has ended', { default: true }),
  flag('skippable', 'A person may leave it out while it runs', { default: false }),
];

export const evaluateArtifacts: readonly Spec[] = [
  list('artifactContents', 'Contents', {
    item: 'Content',
    keeps: ['id'],
    required: true,
    titleOf: ({ name }) => String(name ?? ''),
    fresh: [{ label: 'Content', make: () => ({ id: crypto.randomUUID(), name: '', contents: '' }) }],
    fields: [text('name', 'Name of the artifact', { required: true }), long('contents', 'Content', { required: true, code: true, description: 'A text with expressions.' })],
  }),
];

export const findArtifactFromExecution: readonly Spec[] = [
  choice('application', 'Application', { offer: 'applications' }),
  choice('pipeline', 'Pipeline', { offer: 'pipelines', required: true }),
  group('Runs that are looked at', [
    flag(['executionOptions', 'successful'], 'That succeeded', { default: false }),
    flag(['executionOptions', 'terminal'], 'That failed', { default: false }),
    flag(['executionOptions', 'running'], 'That still run', { default: false }),
  ]),
];

/** A webhook. */
export const webhook: readonly Spec[] = [
  text('url', 'Address', { required: true, code: true, description: 'What is called.' }),
  choice('method', 'Method', { default: 'POST', choices: ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'HEAD'].map((value) => ({ value, label: value })) }),
  json('payload', 'Body', { description: 'JSON; expressions may stand in its texts.', when: ({ method }) => method !== 'GET' && method !== 'HEAD' }),
  map('customHeaders', 'Headers'),
  texts('failFastStatusCodes', 'Statuses that fail it at once', { item: 'Status', description: 'For example 404. Others are tried again or counted as its failure.' }),
  flag('waitForCompletion', 'Wait until what it began is over', { default: false }),
  group(
    'How its end is found',
    [
      choice('statusUrlResolution', 'Where the status is', {
        default: 'getMethod',
        choices: [
          { value: 'getMethod', label: 'GET of the same address' },
          { value: 'locationHeader', label: "The answer's header Location" },
          { value: 'webhookResponse', label: 'An address in the answer' },
        ],
      }),
      text('statusUrlJsonPath', 'Path of that address', { code: true, when: ({ statusUrlResolution }) => statusUrlResolution === 'webhookResponse', description: 'A JSON path, such as $.links.status.' }),
      text('statusJsonPath', 'Path of the status', { code: true, description: 'A JSON path, such as $.status. Without one any success is the end.' }),
      text('progressJsonPath', 'Path of the progress', { code: true }),
      text('successStatuses', 'Statuses of success', { description: 'Separated by commas.' }),
      text('canceledStatuses', 'Statuses of a cancellation'),
      text('terminalStatuses', 'Statuses of a failure'),
      number('waitBeforeMonitor', 'Seconds before the first look'),
    ],
    { when: ({ waitForCompletion }) => waitForCompletion === true || waitForCompletion === 'true' },
  ),
  group(
    'When it is cancelled',
    [
      text('cancelEndpoint', 'Address', { code: true }),
      choice('cancelMethod', 'Method', { default: 'POST', choices: ['POST', 'GET', 'PUT', 'PATCH', 'DELETE'].map((value) => ({ value, label: value })), when: ({ cancelEndpoint }) => cancelEndpoint !== undefined }),
      json('cancelPayload', 'Body', { when: ({ cancelEndpoint }) => cancelEndpoint !== undefined }),
    ],
    { folded: true },
  ),
];
