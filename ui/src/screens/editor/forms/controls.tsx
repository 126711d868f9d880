/** The controls of fields, one for each kind: they get a value, and say what it becomes; `undefined` is no value. */
import { type ReactNode, useId, useState } from 'react';

import type { Fields } from '../../../gate/wire';
import { Button, IconButton } from '../../../parts/Button';
import { Checkbox, Select } from '../../../parts/Field';
import field from '../../../parts/Field.module.css';
import { ExpressionField } from './ExpressionField';
import styles from './forms.module.css';
import { asNumber } from './problems';
import { useScope } from './scope';
import type { Choice, Spec } from './spec';
import { isExpression, isFields, textOf } from './values';

/** What every control gets. */
export interface ControlProps {
  spec: Spec;
  value: unknown;
  onChange: (value: unknown) => void;
  error: string | undefined;
  offers: readonly Choice[];
  /** Said below it. */
  note?: ReactNode;
  onBlur: () => void;
  /** Whether the label is read out only. */
  unlabelled?: boolean;
}

/** Several lines, where a field has some. */
const ROWS = { long: 3, json: 4 } as const;

/** A text, a number, an expression: what is written as text. */
export function TextControl({ spec, value, onChange, error, offers, note, onBlur }: ControlProps) {
  const isNumber = spec.kind === 'number' || spec.kind === 'integer';
  const set = (text: string): void => {
    if (text === '') return onChange(undefined);
    // What is being typed stays a text until it is a number: `1.`, `-`, an expression.
    const number = isNumber && String(asNumber(text)) === text.trim() ? asNumber(text) : undefined;
    onChange(number ?? text);
  };
  return (
    <ExpressionField
      label={spec.label}
      value={textOf(value)}
      onChange={set}
      description={<Said spec={spec} note={note} />}
      error={error}
      isRequired={spec.required ?? false}
      placeholder={spec.default === undefined ? '' : String(spec.default)}
      offers={offers}
      whole={spec.kind === 'expression'}
      code={(spec.code ?? false) || spec.kind === 'expression'}
      onBlur={onBlur}
      {...(spec.kind === 'long' ? { rows: ROWS.long } : {})}
      {...(isNumber ? { inputMode: 'decimal' as const } : {})}
    />
  );
}

/** Any JSON, as text. What is no JSON yet is kept here and not written; an expression, or a text if that is allowed, is. */
export function JsonControl({ spec, value, onChange, error, note, onBlur, unlabelled = false }: ControlProps) {
  const [draft, setDraft] = useState<{ text: string; of: string | undefined }>();
  // Where the value was changed elsewhere (undo, another field) what was typed here counts no longer.
  const typed = draft && draft.of === JSON.stringify(value) ? draft.text : undefined;
  const shown = typed ?? textOf(value);
  const isWritten = parse(shown).isJson || isExpression(shown) || typeof value === 'string';
  const set = (text: string): void => {
    const next = parse(text);
    // A text that is no JSON is one only where a text stands already: quotes make one.
    const isText = !next.isJson && (isExpression(text) || typeof value === 'string');
    const written = isText ? text : next.isJson ? next.value : value;
    setDraft(isText || typeof written === 'string' ? undefined : { text, of: JSON.stringify(written) });
    if (isText || next.isJson) onChange(written);
  };
  return (
    <ExpressionField
      label={spec.label}
      value={shown}
      onChange={set}
      description={<Said spec={spec} note={note} />}
      error={!isWritten ? 'This is not JSON yet, so it is not taken over: look for a missing quote, comma or bracket.' : error}
      isRequired={spec.required ?? false}
      unlabelled={unlabelled}
      rows={Math.min(16, Math.max(ROWS.json, shown.split('\n').length))}
      code
      onBlur={onBlur}
    />
  );
}

function parse(text: string): { isJson: boolean; value?: unknown } {
  if (text.trim() === '') return { isJson: true, value: undefined };
  try {
    return { isJson: true, value: JSON.parse(text) as unknown };
  } catch {
    return { isJson: false };
  }
}

/** Yes or no. */
export function FlagControl(props: ControlProps) {
  const { spec, value, onChange, note } = props;
  const isOn = value === undefined || value === null ? spec.default === true : value === true || value === 'true';
  return (
    <OrExpression {...props} isText={typeof value === 'string' && value !== 'true' && value !== 'false'}>
      <Checkbox isSelected={isOn} onChange={(on) => onChange(on)}>
        {spec.label}
        <span className={styles.below}>
          <Said spec={spec} note={note} />
        </span>
      </Checkbox>
    </OrExpression>
  );
}

const NOTHING = ' ';

/** One of some. What stands there already is among them, known or not. */
export function ChoiceControl(props: ControlProps) {
  const { spec, value, onChange, error, offers, note } = props;
  const known = [...(spec.choices ?? []), ...offers];
  const current = value === undefined || value === null ? undefined : textOf(value);
  const options = current !== undefined && !known.some((one) => one.value === current) ? [...known, { value: current, label: current }] : known;
  const byDefault = known.find((one) => one.value === spec.default)?.label;
  const empty = spec.required && spec.default === undefined ? [] : [{ value: NOTHING, label: byDefault ? `${byDefault} (default)` : 'Not set' }];
  const placeholder = options.length === 0 ? 'There is nothing to choose from' : 'Choose';
  return (
    <OrExpression {...props} isText={isExpression(value)}>
      <Select
        label={spec.label}
        options={[...empty, ...options]}
        value={current ?? empty[0]?.value}
        onChange={(next) => onChange(next === NOTHING ? undefined : next)}
        description={<Said spec={spec} note={note} />}
        error={error}
        isRequired={spec.required ?? false}
        placeholder={placeholder}
      />
    </OrExpression>
  );
}

/** Any of some, as boxes to tick. Where nothing is offered, texts are written. */
export function SomeControl(props: ControlProps) {
  const { spec, value, onChange, error, offers, note } = props;
  const id = useId();
  const given = Array.isArray(value) ? value : [];
  const picked = given.map(String);
  const known = [...(spec.choices ?? []), ...offers];
  const all = [...known, ...picked.filter((one) => !known.some((other) => other.value === one)).map((one) => ({ value: one, label: one }))];
  if (known.length === 0) return <TextsControl {...props} />;
  const set = (one: string, on: boolean): void => {
    // In the order in which they are offered; those that are ticked stay as they were written.
    const next = all.filter(({ value: other }) => (other === one ? on : picked.includes(other))).map(({ value: other }) => given[picked.indexOf(other)] ?? (spec.numeric ? Number(other) : other));
    onChange(next.length === 0 ? undefined : next);
  };
  return (
    <OrExpression {...props} isText={typeof value === 'string'}>
      <fieldset className={styles.set} aria-describedby={spec.description || note ? `${id}-said` : undefined}>
        <Legend spec={spec} />
        <div className={styles.boxes}>
          {all.map((one) => (
            <Checkbox key={one.value} isSelected={picked.includes(one.value)} onChange={(on) => set(one.value, on)}>
              <bdi>{one.label}</bdi>
            </Checkbox>
          ))}
        </div>
        <Below id={`${id}-said`} spec={spec} note={note} error={error} />
      </fieldset>
    </OrExpression>
  );
}

/** A list of texts, a line each. */
export function TextsControl(props: ControlProps) {
  const { spec, value, onChange, error, offers, note } = props;
  const id = useId();
  const given = Array.isArray(value) ? value : [];
  // Of what is no text nobody knows how to write it in a line.
  if (given.some((one) => typeof one === 'object' && one !== null)) return <JsonControl {...props} />;
  const set = (index: number, text: string | undefined): void => {
    const next = given.flatMap((one, at) => (at === index ? (text === undefined ? [] : [spec.numeric ? (asNumber(text) ?? text) : text]) : [one as unknown]));
    onChange(next.length === 0 ? undefined : next);
  };
  const name = spec.item ?? spec.label;
  return (
    <OrExpression {...props} isText={typeof value === 'string'}>
      <fieldset className={styles.set} aria-describedby={spec.description || note ? `${id}-said` : undefined}>
        <Legend spec={spec} />
        {given.map((one, index) => (
          // A line is what stands at its place.
          <div key={index} className={styles.line}>
            <ExpressionField label={`${name} ${index + 1}`} unlabelled value={textOf(one)} onChange={(text) => set(index, text)} offers={offers} code={spec.code ?? false} />
            <IconButton icon="trash" label={`Remove ${name} ${index + 1}`} onPress={() => set(index, undefined)} />
          </div>
        ))}
        <div>
          <Button look="quiet" icon="plus" onPress={() => onChange([...given, ''])} aria-label={`Add to ${spec.label}`}>
            Add
          </Button>
        </div>
        <Below id={`${id}-said`} spec={spec} note={note} error={error} />
      </fieldset>
    </OrExpression>
  );
}

/** An object of texts: a name and a value a line. */
export function MapControl(props: ControlProps) {
  const { spec, value, onChange, error, note, offers } = props;
  const id = useId();
  // Lines whose name is not given yet, or twice, are not written.
  const [draft, setDraft] = useState<readonly (readonly [string, unknown])[]>();
  const written = isFields(value) ? Object.entries(value) : [];
  const rows = draft && JSON.stringify(Object.fromEntries(writable(draft))) === JSON.stringify(Object.fromEntries(written)) ? draft : written;
  const set = (next: readonly (readonly [string, unknown])[]): void => {
    setDraft(next);
    const all: Fields = Object.fromEntries(writable(next));
    onChange(Object.keys(all).length === 0 ? undefined : all);
  };
  const put = (index: number, row: readonly [string, unknown]): void => set(rows.map((one, at) => (at === index ? row : one)));
  return (
    <OrExpression {...props} isText={typeof value === 'string'}>
      <fieldset className={styles.set} aria-describedby={spec.description || note ? `${id}-said` : undefined}>
        <Legend spec={spec} />
        {rows.map(([name, one], index) => (
          <div key={index} className={styles.pair}>
            <ExpressionField
              label={`Name ${index + 1} of ${spec.label}`}
              unlabelled
              value={name}
              placeholder="Name"
              offers={offers}
              code
              onChange={(text) => put(index, [text, one])}
              error={name !== '' && rows.some(([other], at) => at < index && other === name) ? 'This name is there already.' : undefined}
            />
            <ExpressionField label={name === '' ? `Value ${index + 1} of ${spec.label}` : `Value of ${name}`} unlabelled value={textOf(one)} placeholder="Value" onChange={(text) => put(index, [name, text])} />
            <IconButton icon="trash" label={`Remove ${name || `line ${index + 1}`}`} onPress={() => set(rows.filter((_, at) => at !== index))} />
          </div>
        ))}
        <div>
          <Button look="quiet" icon="plus" onPress={() => setDraft([...rows, ['', '']])} aria-label={`Add to ${spec.label}`}>
            Add
          </Button>
        </div>
        <Below id={`${id}-said`} spec={spec} note={note} error={error} />
      </fieldset>
    </OrExpression>
  );
}

/** The lines that have a name of their own. */
export function writable(rows: readonly (readonly [string, unknown])[]): (readonly [string, unknown])[] {
  return rows.filter(([name], index) => name !== '' && rows.findIndex(([other]) => other === name) === index);
}

/** The control, or a text in its place: an expression may stand in every field of a stage. Of the pipeline's own only texts are evaluated. */
export function OrExpression({ spec, value, onChange, error, note, isText, children }: ControlProps & { isText: boolean; children: ReactNode }) {
  const [wanted, want] = useState(false);
  const { stage } = useScope();
  if (!isText && !stage) return children;
  if (!isText && !wanted) {
    return (
      <div className={styles.either}>
        {children}
        <Button look="quiet" onPress={() => want(true)} aria-label={`Write an expression for ${spec.label}`}>
          <code>{'${}'}</code>
        </Button>
      </div>
    );
  }
  const back = (): void => {
    want(false);
    if (isText) onChange(undefined);
  };
  return (
    <div className={styles.either}>
      <ExpressionField
        label={spec.label}
        value={typeof value === 'string' ? value : ''}
        onChange={(text) => onChange(text === '' ? undefined : text)}
        description={<Said spec={spec} note={note} />}
        error={error ?? (typeof value === 'string' && value !== '' && !isExpression(value) && spec.kind !== 'choice' ? 'Write an expression: ${...}.' : undefined)}
        isRequired={spec.required ?? false}
        placeholder="${...}"
        code
      />
      <Button look="quiet" icon="cross" onPress={back} aria-label={`Write no expression for ${spec.label}`}>
        <code>{'${}'}</code>
      </Button>
    </div>
  );
}

function Legend({ spec }: { spec: Spec }) {
  return (
    <legend className={field.label}>
      <bdi>{spec.label}</bdi>
      {spec.required && <span className={field.required}> required</span>}
    </legend>
  );
}

function Below({ id, spec, note, error }: { id: string; spec: Spec; note: ReactNode; error: string | undefined }) {
  return (
    <>
      {(spec.description || note) && (
        <div id={id} className={field.description}>
          <Said spec={spec} note={note} />
        </div>
      )}
      {error !== undefined && (
        <p className={field.error} role="alert">
          {error}
        </p>
      )}
    </>
  );
}

function Said({ spec, note }: { spec: Spec; note: ReactNode }) {
  if (!spec.description && !note) return null;
  return (
    <>
      {spec.description}
      {note}
    </>
  );
}
