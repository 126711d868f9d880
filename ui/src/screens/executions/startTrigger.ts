/**
 * A start by hand as if something had triggered it: which trigger of the pipeline, or of an earlier run, what it asks for,
 * and the trigger that is sent.
 */
import type { Execution, Fields, PipelineConfig } from '../../gate/wire';

/** What a start can be: by hand, as one of the pipeline's triggers, or as an earlier run was. */
export interface TriggerChoice {
  /** `manual`, `run`, or the trigger's place: `0`. */
  readonly key: string;
  readonly label: string;
  /** What is sent, before what the user adds. */
  readonly trigger: Fields;
  /** What the user is asked for. */
  readonly asks: readonly TriggerField[];
}

/** A field that a trigger's event would bring. */
export interface TriggerField {
  readonly name: string;
  readonly label: string;
  readonly description?: string;
  readonly required: boolean;
  /** A run of this pipeline is chosen; or a JSON object is written; else it is a line of text. */
  readonly kind: 'text' | 'run' | 'object';
  /** For `run`: the pipeline whose run it is. */
  readonly pipeline?: string;
}

/** What is left out of a run that is started again: what belongs to that run alone. */
const OF_ONE_RUN: ReadonlySet<string> = new Set(['correlationId', 'eventId', 'executionId', 'parameters', 'user', 'dryRun', 'strategy', 'rebake', 'resolvedExpectedArtifacts', 'expectedArtifacts']);

/** What can be chosen, the likeliest first. */
export function triggerChoices(config: PipelineConfig | undefined, like: Execution | undefined): TriggerChoice[] {
  const byHand: TriggerChoice = { key: 'manual', label: 'By hand', trigger: { type: 'manual' }, asks: [] };
  const own = (config?.triggers ?? []).flatMap((trigger, index) => (typeof trigger['type'] === 'string' ? [choiceOf(trigger, index)] : []));
  if (!like) return [byHand, ...own];
  const kept = Object.fromEntries(Object.entries(like.trigger).filter(([name]) => !OF_ONE_RUN.has(name)));
  return [{ key: 'run', label: 'As the run that is repeated', trigger: { ...kept, type: like.trigger.type ?? 'manual' }, asks: [] }, byHand, ...own];
}

function choiceOf(trigger: Fields, index: number): TriggerChoice {
  const { enabled, ...sent } = trigger;
  return { key: String(index), label: `${describe(trigger)}${enabled === false ? ' (off)' : ''}`, trigger: sent, asks: fieldsOf(trigger) };
}

/** A trigger in a few words: `docker nginx:1.*`. */
export function describe(trigger: Fields): string {
  const text = (name: string): string => (typeof trigger[name] === 'string' ? (trigger[name] as string) : '');
  const words: Record<string, string> = {
    cron: text('cronExpression'),
    docker: [text('repository'), text('tag')].filter(Boolean).join(':'),
    git: `${[text('project'), text('slug')].filter(Boolean).join('/')} ${text('branch')}`,
    jenkins: `${text('master')} ${text('job')}`,
    travis: `${text('master')} ${text('job')}`,
    concourse: `${text('team')}/${text('project')} ${text('jobName')}`,
    pipeline: text('application'),
    webhook: text('source'),
    pubsub: [text('pubsubSystem'), text('subscriptionName')].filter(Boolean).join(' '),
  };
  return `${text('type')} ${text('description') || (words[text('type')] ?? '')}`.trim();
}

function fieldsOf(trigger: Fields): TriggerField[] {
  switch (trigger['type']) {
    case 'jenkins':
    case 'travis':
    case 'wercker':
    case 'concourse':
      return [{ name: 'buildNumber', label: 'Build', description: 'Its number.', required: true, kind: 'text' }];
    case 'docker':
      return [{ name: 'tag', label: 'Tag', required: true, kind: 'text' }];
    case 'git':
      return [
        { name: 'branch', label: 'Branch', required: false, kind: 'text' },
        { name: 'hash', label: 'Commit', required: false, kind: 'text' },
      ];
    case 'pipeline':
      return [{ name: 'parentPipelineId', label: 'Run of the other pipeline', required: true, kind: 'run', pipeline: String(trigger['pipeline'] ?? '') }];
    case 'webhook':
    case 'pubsub':
    case 'cdevents':
      return [{ name: 'payload', label: 'Payload', description: 'A JSON object.', required: false, kind: 'object' }];
    default:
      return [];
  }
}

/** What was typed, by the field's name. */
export type TypedFields = Readonly<Record<string, string>>;

/** What is wrong, by the field's name. */
export function triggerProblems(choice: TriggerChoice, typed: TypedFields): Record<string, string> {
  const found: Record<string, string> = {};
  for (const field of choice.asks) {
    const value = (typed[field.name] ?? initialOf(choice, field)).trim();
    if (value === '') {
      if (field.required) found[field.name] = 'This is needed.';
    } else if (field.kind === 'object' && objectIn(value) === undefined) found[field.name] = 'Write a JSON object: { … }.';
    else if (field.name === 'buildNumber' && !/^\d+$/.test(value)) found[field.name] = 'A build is a number.';
  }
  return found;
}

/** What a field begins with: what the trigger says, unless that is a pattern. */
export function initialOf({ trigger }: TriggerChoice, { name }: TriggerField): string {
  const value = trigger[name];
  return typeof value === 'string' && /^[\w./-]*$/.test(value) ? value : '';
}

/** The trigger that is sent. */
export function triggerSent(choice: TriggerChoice, typed: TypedFields): Fields {
  const sent: Fields = { ...choice.trigger };
  for (const field of choice.asks) {
    const value = (typed[field.name] ?? initialOf(choice, field)).trim();
    if (value === '') delete sent[field.name];
    else if (field.kind === 'object') sent[field.name] = objectIn(value);
    else sent[field.name] = field.name === 'buildNumber' ? Number(value) : value;
  }
  return sent;
}

function objectIn(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}
