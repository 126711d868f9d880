/** Whom a pipeline or a stage tells of itself, and when. */
import { choice, choices, type Choice, long, some, type Spec, text } from '../spec';

/** When a pipeline tells. */
export const PIPELINE_MOMENTS = choices({ 'pipeline.starting': 'It starts', 'pipeline.complete': 'It has succeeded', 'pipeline.failed': 'It has failed' });
/** When a stage does. */
export const STAGE_MOMENTS = choices({ 'stage.starting': 'It starts', 'stage.complete': 'It has succeeded', 'stage.failed': 'It has failed' });

/** The fields of one notification; `kinds` are those that the install can send. */
export function notificationFields(moments: readonly Choice[]): readonly Spec[] {
  return [
    choice('type', 'Kind', { offer: 'notificationKinds', required: true }),
    text('address', 'Address', { description: 'An e-mail address, a channel, a number: what its kind sends to.' }),
    text('cc', 'Copy to', { when: ({ type }) => type === 'email' }),
    some('when', 'When', { choices: moments, required: true }),
    ...moments.map(({ value, label }) =>
      long(['message', value, 'text'], `Text when: ${label.toLowerCase()}`, { when: ({ when }) => Array.isArray(when) && when.includes(value), description: 'Added to the message.' }),
    ),
  ];
}
