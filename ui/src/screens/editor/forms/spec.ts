/**
 * What a form consists of, as data: a `Spec` is a field, or a group of fields. Forms of stages are lists of specs, written by
 * hand (`stages/`) or made of a JSON Schema (`schema.ts`); `Fields.tsx` draws them, `problems.ts` says what is wrong.
 *
 *     const wait = [number('waitTime', 'Seconds', { required: true })];
 */
import type { Fields } from '../../../gate/wire';
import type { Pipeline, StageConfig } from '../model';
import type { Path } from './values';

/** How a field is edited, and what may stand in it besides an expression. */
export type Kind =
  /** A line. */
  | 'text'
  /** Several lines. */
  | 'long'
  /** A line whose whole is an expression, with or without `${}`. */
  | 'expression'
  | 'number'
  | 'integer'
  | 'flag'
  /** One of `choices`, or of what is offered. */
  | 'choice'
  /** Any of `choices`, or of what is offered: a list of texts, or of numbers with `numeric`. */
  | 'some'
  /** A list of texts. */
  | 'texts'
  /** An object of texts, by names that the user gives. */
  | 'map'
  /** A list of objects that have `fields`. */
  | 'list'
  /** Any JSON. */
  | 'json'
  /** No field: a frame around `fields`, which are in the same object. */
  | 'group';

/** What of the install's can be offered for a field: see `offers.ts`. */
export type Offer =
  | 'accounts'
  | 'applications'
  | 'artifactAccounts'
  | 'artifactTypes'
  | 'clusters'
  | 'expectedArtifacts'
  | 'loadBalancers'
  | 'monitors'
  | 'notificationKinds'
  | 'pipelines'
  | 'regions'
  | 'serverGroups'
  | 'serviceAccounts'
  | 'stages'
  | 'strategies'
  | 'subscriptions';

/** A choice: what is written, and what people read. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** What is said below a field about its value, by a component: see `notes.tsx`. */
export type Note = 'cluster' | 'gitAddress' | 'parameters' | 'schedule' | 'unsent' | 'webhookAddress';

/** A field, or a group of fields. */
export interface Spec {
  readonly kind: Kind;
  /** Where its value is, in the object that the form is about. A group has none. */
  readonly at: Path;
  readonly label: string;
  readonly description?: string;
  readonly required?: boolean;
  /** What a missing value counts as. It is shown and not written. */
  readonly default?: unknown;
  readonly choices?: readonly Choice[];
  readonly offer?: Offer;
  /** The fields of a group, or of each object of a list. */
  readonly fields?: readonly Spec[];
  /** What one of a list is called: `Condition`. */
  readonly item?: string;
  /** What a new one of a list begins with, for each kind that there is; by default an empty object. */
  readonly fresh?: readonly Fresh[];
  /** What one of a list is titled, after its number. */
  readonly titleOf?: (item: Fields) => string;
  /** Keys of a list's objects that no field is about and that are kept unseen: ids, and what `fresh` has decided. */
  readonly keeps?: readonly string[];
  /** Whether it is shown; `value` is the object that the form is about. */
  readonly when?: (value: Fields) => boolean;
  /** What else can be wrong with its value. */
  readonly check?: (value: unknown, form: Fields, scope: FormScope) => string | undefined;
  readonly note?: Note;
  /** Whether what is chosen, or written in a list, is numbers. */
  readonly numeric?: boolean;
  /** Whether a group is closed as long as nothing in it has a value. */
  readonly folded?: boolean;
  /** Whether letters stand as in code. */
  readonly code?: boolean;
  /** What other fields become when this one is changed: an account says its cloud. `undefined` takes one away. */
  readonly sets?: (value: unknown, form: Fields, scope: FormScope) => Fields;
}

/** A kind of thing that a list may get. */
export interface Fresh {
  readonly label: string;
  readonly make: () => Fields;
}

/** What a form belongs to. */
export interface FormScope {
  readonly pipeline: Pipeline;
  /** The stage whose form it is; none for what belongs to the pipeline. */
  readonly stage?: StageConfig | undefined;
}

type More = Partial<Omit<Spec, 'kind' | 'at' | 'label'>>;

const field =
  (kind: Kind) =>
  (at: string | Path, label: string, more: More = {}): Spec => ({ kind, at: typeof at === 'string' ? [at] : at, label, ...more });

export const text = field('text');
export const long = field('long');
export const expression = field('expression');
export const number = field('number');
export const integer = field('integer');
export const flag = field('flag');
export const choice = field('choice');
export const some = field('some');
export const texts = field('texts');
export const map = field('map');
export const list = field('list');
export const json = field('json');

/** A frame around fields. */
export function group(label: string, fields: readonly Spec[], more: More = {}): Spec {
  return { kind: 'group', at: [], label, fields, ...more };
}

/** Choices of which people read what is written. */
export function plain(...values: readonly string[]): Choice[] {
  return values.map((value) => ({ value, label: value }));
}

/** Choices by what is written. */
export function choices(labels: Readonly<Record<string, string>>): Choice[] {
  return Object.entries(labels).map(([value, label]) => ({ value, label }));
}

/** The same spec in an object within the form's. */
export function within(name: string, specs: readonly Spec[]): Spec[] {
  return specs.map((spec): Spec => {
    const { fields, when } = spec;
    const inner = (form: Fields): Fields => (form[name] ?? {}) as Fields;
    return {
      ...spec,
      at: spec.kind === 'group' ? [] : [name, ...spec.at],
      ...(spec.kind === 'group' && fields ? { fields: within(name, fields) } : {}),
      ...(when ? { when: (form: Fields) => when(inner(form)) } : {}),
    };
  });
}

/** The fields that are shown, those of groups among them. */
export function shown(specs: readonly Spec[], form: Fields): Spec[] {
  return specs.filter(({ when }) => when?.(form) ?? true).flatMap((spec) => (spec.kind === 'group' ? shown(spec.fields ?? [], form) : [spec]));
}

/** The keys of a form's object that its fields are about. */
export function keysOf(specs: readonly Spec[], form: Fields): Set<string> {
  return new Set(shown(specs, form).flatMap(({ at }) => at.slice(0, 1)));
}
