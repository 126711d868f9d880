/** What holds for a whole pipeline: how many runs there are at a time, how expressions are evaluated, who may run it. */
import { choice, flag, group, integer, list, long, map, type Spec, text, texts } from '../spec';

/** The settings. */
export const settings: readonly Spec[] = [
  long('description', 'Description'),
  group('Runs', [
    flag('limitConcurrent', 'One run at a time', { default: false }),
    integer('maxConcurrentExecutions', 'Most runs at a time', { default: 0, description: '0 is any number.', when: ({ limitConcurrent }) => limitConcurrent !== true }),
    flag('keepWaitingPipelines', 'Keep all runs that wait', { default: false, description: 'Otherwise the newest that waits runs next, and those before it are cancelled.' }),
    flag('respectQuietPeriod', 'Not in quiet times', { default: false, description: 'Triggers do not start it while the install is quiet.' }),
    integer('startTimeExpiry', 'Too late after', { description: 'Milliseconds since 1970, in which a run that has not started yet is given up.', when: ({ startTimeExpiry }) => startTimeExpiry !== undefined }),
  ]),
  group('Expressions', [
    choice('spelEvaluator', 'Evaluated', { default: 'v3', choices: [{ value: 'v4', label: 'Each stage when it starts' }, { value: 'v3', label: 'What has a value when the pipeline starts, at once' }] }),
  ]),
  group('Permissions and tags', [
    texts('roles', 'Roles', { item: 'Role', description: 'A service account with these roles runs it, where the install makes such accounts.' }),
    list('tags', 'Tags', { item: 'Tag', titleOf: ({ name }) => String(name ?? ''), fields: [text('name', 'Name', { required: true }), text('value', 'Value')] }),
  ]),
  map('templateVariables', 'Variables of its template', { when: ({ templateVariables }) => templateVariables !== undefined }),
];
