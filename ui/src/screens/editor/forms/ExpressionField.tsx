/**
 * A text that may hold expressions: a line, or several. While one is written, what can follow is offered below the field
 * (arrows, then Enter or Tab; Escape closes); so is what the install has for it. `Try it` shows its value in a past run.
 */
import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react';
import { FieldError, Input, Label, Text, TextArea, TextField } from 'react-aria-components';

import { cx } from '../../../parts/cx';
import field from '../../../parts/Field.module.css';
import { completionAt } from './completion';
import styles from './forms.module.css';
import { Preview } from './Preview';
import { useScope } from './scope';
import type { Choice } from './spec';
import { isExpression } from './values';

interface ExpressionFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  description?: ReactNode;
  error?: string | undefined;
  isRequired?: boolean;
  /** Whether the label is read out only. */
  unlabelled?: boolean;
  /** Lines, if there are several. */
  rows?: number;
  code?: boolean;
  /** Whether the whole is an expression, also without `${}`. */
  whole?: boolean;
  /** What can be chosen instead of typing. */
  offers?: readonly Choice[];
  placeholder?: string;
  inputMode?: 'decimal' | 'numeric';
  onBlur?: () => void;
}

interface Menu {
  readonly from: number;
  readonly to: number;
  readonly items: readonly { insert: string; label: string; note?: string | undefined; back?: number }[];
  readonly isExpression: boolean;
}

/** The field. */
export function ExpressionField({ label, value, onChange, description, error, rows, code = false, whole = false, offers = [], unlabelled = false, placeholder, inputMode, isRequired, onBlur }: ExpressionFieldProps) {
  const { known } = useScope();
  const control = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const id = useId();
  const [caret, setCaret] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  // Where the caret stands after something was put in.
  const next = useRef<number>(undefined);
  useLayoutEffect(() => {
    if (next.current !== undefined) control.current?.setSelectionRange(next.current, next.current);
    next.current = undefined;
  });

  const menu = isOpen ? menuAt() : undefined;
  function menuAt(): Menu | undefined {
    const found = completionAt(value, caret, known, whole);
    if (found) return found.items.length > 0 ? { ...found, isExpression: true } : undefined;
    if (isExpression(value)) return undefined;
    const chosen = offers.some((one) => one.value === value || one.label === value);
    const fitting = offers.filter((one) => chosen || one.label.toLowerCase().includes(value.toLowerCase()));
    const items = fitting.map((choice) => ({ insert: choice.value, label: choice.label }));
    return items.length > 0 ? { from: 0, to: value.length, items, isExpression: false } : undefined;
  }
  // Of an expression the first is meant; of what is offered only what was gone to.
  const active = menu && (menu.items[at] ? at : menu.isExpression ? 0 : -1);
  const pick = (index: number): void => {
    const item = menu?.items[index];
    if (!menu || !item) return;
    onChange(value.slice(0, menu.from) + item.insert + value.slice(menu.to));
    next.current = menu.from + item.insert.length - (item.back ?? 0);
    setCaret(next.current);
    setAt(-1);
    // After `#stage('` or a dot there may be more.
    setOpen(menu.isExpression && (item.back ?? 0) > 0);
  };
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && (menu || (event.key === 'ArrowDown' && rows === undefined))) {
      event.preventDefault();
      if (!menu) setOpen(true);
      else setAt(((active ?? -1) + step + menu.items.length) % menu.items.length);
    } else if (menu && active !== undefined && active >= 0 && (event.key === 'Enter' || event.key === 'Tab')) {
      event.preventDefault();
      pick(active);
    } else if (menu && event.key === 'Escape') {
      event.stopPropagation();
      setOpen(false);
    }
  };
  const seen = (): void => setCaret(control.current?.selectionStart ?? 0);
  const common = {
    ref: control,
    className: cx(field.control, rows !== undefined && field.area, code && styles.code),
    dir: code ? 'ltr' : 'auto',
    autoComplete: 'off',
    spellCheck: false,
    placeholder,
    'aria-autocomplete': 'list' as const,
    'aria-activedescendant': active !== undefined && active >= 0 ? `${id}-${active}` : undefined,
    onKeyDown: keys,
    onKeyUp: seen,
    onSelect: seen,
    onClick: () => offers.length > 0 && setOpen(true),
  };
  return (
    <div className={styles.expression}>
      <TextField
        className={field.field ?? ''}
        value={value}
        onChange={(text) => {
          onChange(text);
          setCaret(control.current?.selectionStart ?? text.length);
          setAt(-1);
          setOpen(true);
        }}
        onBlur={() => {
          setOpen(false);
          onBlur?.();
        }}
        isInvalid={error !== undefined}
        isRequired={isRequired ?? false}
        validationBehavior="aria"
      >
        <Label className={unlabelled ? 'unseen' : (field.label ?? '')}>
          <bdi>{label}</bdi>
          {isRequired && <span className={field.required}> required</span>}
        </Label>
        <div className={styles.anchor}>
          {rows === undefined ? <Input {...common} inputMode={inputMode} role="combobox" aria-expanded={menu !== undefined} aria-controls={`${id}-menu`} /> : <TextArea {...common} rows={rows} aria-controls={menu && `${id}-menu`} />}
          {menu && (
            <ul id={`${id}-menu`} role="listbox" aria-label={`What ${label} can be`} className={styles.menu}>
              {menu.items.map((item, index) => (
                // The keyboard is in the field, which says which of these is chosen.
                // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
                <li
                  key={item.label}
                  id={`${id}-${index}`}
                  role="option"
                  aria-selected={index === active}
                  className={styles.option}
                  ref={index === active ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => pick(index)}
                >
                  <bdi>{item.label}</bdi>
                  {item.note && <span className={styles.note}>{item.note}</span>}
                </li>
              ))}
            </ul>
          )}
        </div>
        {description && (
          <Text slot="description" className={field.description ?? ''}>
            {description}
          </Text>
        )}
        <FieldError className={field.error ?? ''}>{error}</FieldError>
      </TextField>
      {(isExpression(value) || (whole && value.trim() !== '')) && <Preview text={isExpression(value) ? value : `\${${value}}`} label={label} />}
    </div>
  );
}
