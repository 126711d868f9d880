/** Draws what specs say: the fields of an object, and as JSON what no field is about. */
import { useState } from 'react';

import type { Fields } from '../../../gate/wire';
import { cx } from '../../../parts/cx';
import { Icon } from '../../../parts/Icon';
import { ChoiceControl, type ControlProps, FlagControl, JsonControl, MapControl, SomeControl, TextControl, TextsControl } from './controls';
import styles from './forms.module.css';
import { ListControl } from './ListControl';
import { NoteOf } from './notes';
import { useOffers } from './offers';
import { problemOf } from './problems';
import { useScope } from './scope';
import { json, keysOf, type Kind, shown, type Spec } from './spec';
import { isExpression, isFields, read, without, withOthers, write } from './values';

type Change = (form: Fields) => void;

/** The fields of an object. */
export function FormFields({ specs, form, onChange }: { specs: readonly Spec[]; form: Fields; onChange: Change }) {
  return specs
    .filter(({ when }) => when?.(form) ?? true)
    .map((spec) => (spec.kind === 'group' ? <Group key={`group ${spec.label}`} spec={spec} form={form} onChange={onChange} /> : <FormField key={spec.at.join('.')} spec={spec} form={form} onChange={onChange} />));
}

function Group({ spec, form, onChange }: { spec: Spec; form: Fields; onChange: Change }) {
  const specs = spec.fields ?? [];
  const isUsed = shown(specs, form).some(({ at }) => read(form, at) !== undefined);
  // Once it was opened it stays so, whatever becomes of its fields.
  const [opened] = useState(isUsed || !spec.folded);
  return (
    <details className={styles.group} open={opened}>
      <summary>
        <Icon name="right" />
        {spec.label}
      </summary>
      <div className={styles.fields}>
        {spec.description && <p className="soft">{spec.description}</p>}
        <FormFields specs={specs} form={form} onChange={onChange} />
      </div>
    </details>
  );
}

const CONTROLS: Readonly<Record<Exclude<Kind, 'group'>, (props: ControlProps) => React.ReactNode>> = {
  text: TextControl,
  long: TextControl,
  expression: TextControl,
  number: TextControl,
  integer: TextControl,
  flag: FlagControl,
  choice: ChoiceControl,
  some: SomeControl,
  texts: TextsControl,
  map: MapControl,
  list: ListControl,
  json: JsonControl,
};

function FormField({ spec, form, onChange }: { spec: Spec; form: Fields; onChange: Change }) {
  const scope = useScope();
  const [isLeft, leave] = useState(false);
  const offers = useOffers(spec.offer, form, scope);
  const value = read(form, spec.at);
  const problem = problemOf(spec, form, scope);
  // What is still to be written is no error before the field was left.
  const isMissing = value === undefined || value === null || value === '';
  const set = (next: unknown): void => {
    const also = Object.entries(spec.sets?.(next, form, scope) ?? {});
    onChange(also.reduce((changed, [name, other]) => write(changed, [name], other), write(form, spec.at, next)));
  };
  const Control = isReadable(spec, value) ? CONTROLS[spec.kind as Exclude<Kind, 'group'>] : JsonControl;
  return (
    <div className={cx(styles.field, isShort(spec) && styles.half)}>
      <Control
        spec={spec}
        value={value}
        onChange={set}
        error={isMissing && !isLeft ? undefined : problem}
        offers={offers}
        note={spec.note && <NoteOf note={spec.note} value={value} form={form} onChange={onChange} />}
        onBlur={() => leave(true)}
      />
    </div>
  );
}

/** Whether half of the form's width is enough. */
function isShort({ kind, code, note }: Spec): boolean {
  return (kind === 'number' || kind === 'integer' || kind === 'choice' || kind === 'flag' || kind === 'text') && !code && note !== 'parameters';
}

/** Whether the control of its kind can show the value; anything else is shown as the JSON that it is. */
function isReadable({ kind }: Spec, value: unknown): boolean {
  if (value === undefined || value === null || isExpression(value)) return true;
  switch (kind) {
    case 'list':
      return Array.isArray(value) ? value.every(isFields) : typeof value === 'string';
    case 'some':
    case 'texts':
      return Array.isArray(value) || typeof value === 'string';
    case 'map':
      return isFields(value) || typeof value === 'string';
    case 'json':
      return true;
    default:
      return typeof value !== 'object';
  }
}

/** What an object has besides its fields, as JSON; nothing where it has nothing. `names` are no business of this form. */
export function OtherFields({ specs, form, onChange, what, names = [], always = false }: { specs: readonly Spec[]; form: Fields; onChange: Change; what: string; names?: readonly string[]; always?: boolean }) {
  const known = new Set([...keysOf(specs, form), ...names]);
  const others = without(form, known);
  const isEmpty = Object.keys(others).length === 0;
  // What was there once stays to be written, whatever becomes of it.
  const [wasThere] = useState(!isEmpty);
  if (!wasThere && isEmpty && !always) return null;
  const value = isEmpty ? undefined : others;
  const spec = json('others', `Other settings of ${what}`, { description: 'What no field above is about, as JSON. It is kept as it is.' });
  const set = (next: unknown): void => {
    if (next === undefined) onChange(withOthers(form, known, {}));
    else if (isFields(next)) onChange(withOthers(form, known, next));
  };
  return (
    <details className={styles.group} open={wasThere}>
      <summary>
        <Icon name="right" />
        {spec.label}
      </summary>
      <div className={styles.fields}>
        <JsonControl spec={spec} unlabelled value={value} onChange={set} error={undefined} offers={[]} onBlur={() => undefined} />
      </div>
    </details>
  );
}
