/** A list of objects, each a form of its own: added, removed, put in another order. */
import { type ReactNode, useEffect, useRef, useState } from 'react';

import type { Fields } from '../../../gate/wire';
import { Button, IconButton } from '../../../parts/Button';
import { Menu } from '../../../parts/Menu';
import { type ControlProps, OrExpression } from './controls';
import { ExpressionField } from './ExpressionField';
import { FormFields, OtherFields } from './FormFields';
import styles from './forms.module.css';
import { isFields, read, textOf, write } from './values';

/** The list. */
export function ListControl(props: ControlProps) {
  const { spec, value, onChange, error } = props;
  const items = Array.isArray(value) ? value : [];
  const keys = useKeys(items.length);
  const box = useRef<HTMLFieldSetElement>(null);
  const added = useRef<number>(undefined);
  useEffect(() => {
    if (added.current === undefined) return;
    box.current?.querySelector<HTMLElement>(`:scope > ol > li:nth-child(${added.current + 1}) > div :is(input, textarea, button)`)?.focus();
    added.current = undefined;
  });
  const name = spec.item ?? 'Entry';
  const set = (next: readonly unknown[]): void => onChange(next);
  const add = (fields: Fields): void => {
    keys.add();
    set([...items, fields]);
    added.current = items.length;
  };
  const move = (index: number, by: number): void => {
    keys.move(index, by);
    set(moved(items as readonly unknown[], index, by));
  };
  const remove = (index: number): void => {
    keys.remove(index);
    set(items.filter((_, at) => at !== index));
    box.current?.querySelector<HTMLElement>(':scope > div:last-of-type button')?.focus();
  };
  const tools = (index: number, title: string): ReactNode => (
    <>
      {items.length > 1 && (
        <>
          <IconButton icon="up" label={`Move ${title} up`} isDisabled={index === 0} onPress={() => move(index, -1)} />
          <IconButton icon="down" label={`Move ${title} down`} isDisabled={index === items.length - 1} onPress={() => move(index, 1)} />
        </>
      )}
      <IconButton icon="trash" label={`Remove ${title}`} onPress={() => remove(index)} />
    </>
  );
  return (
    <OrExpression {...props} isText={typeof value === 'string'}>
      <fieldset className={styles.list} ref={box}>
        <legend>{spec.label}</legend>
        {spec.description && <p className="soft">{spec.description}</p>}
        {error !== undefined && (
          <p className={styles.wrong} role="alert">
            {error}
          </p>
        )}
        {items.length > 0 && (
          <ol className={styles.items}>
            {items.map((item, index) => {
              const fields = isFields(item) ? item : {};
              const own = spec.titleOf?.(fields) ?? '';
              const title = `${name} ${index + 1}`;
              const change = (next: Fields): void => set(items.map((one, at) => (at === index ? next : (one as unknown))));
              const [only, ...others] = spec.fields ?? [];
              if (only && others.length === 0) {
                return (
                  <li key={keys.of(index)} className={styles.line}>
                    <div>
                      <ExpressionField label={title} unlabelled value={textOf(read(fields, only.at))} onChange={(text) => change(write(fields, only.at, text))} />
                    </div>
                    <span className={styles.tools}>{tools(index, title)}</span>
                  </li>
                );
              }
              return (
                <li key={keys.of(index)} className={styles.item} aria-label={own ? `${title}: ${own}` : title}>
                  <header className={styles.head}>
                    <h4>
                      {title}
                      {own !== '' && <bdi className="soft"> {own}</bdi>}
                    </h4>
                    {tools(index, title)}
                  </header>
                  <div className={styles.fields}>
                    <FormFields specs={spec.fields ?? []} form={fields} onChange={change} />
                    <OtherFields specs={spec.fields ?? []} form={fields} onChange={change} what={title} names={spec.keeps ?? []} />
                  </div>
                </li>
              );
            })}
          </ol>
        )}
        <div>
          {spec.fresh && spec.fresh.length > 1 ? (
            <Menu label={`Add ${name.toLowerCase()}`} actions={spec.fresh.map((one) => ({ label: one.label, act: () => add(one.make()) }))}>
              Add {name.toLowerCase()}
            </Menu>
          ) : (
            <Button icon="plus" onPress={() => add(spec.fresh?.[0]?.make() ?? {})}>
              Add {name.toLowerCase()}
            </Button>
          )}
        </div>
      </fieldset>
    </OrExpression>
  );
}

/** Keys that go with the items, which have none: a field that is being edited stays the same when others come and go. */
function useKeys(length: number) {
  const [keys, setKeys] = useState<readonly number[]>(() => numbers(length, 0));
  const next = Math.max(-1, ...keys) + 1;
  // Somebody else made it longer or shorter: undo, or JSON.
  if (keys.length !== length) setKeys(numbers(length, next));
  return {
    of: (index: number): number => keys[index] ?? index,
    add: (): void => setKeys([...keys, next]),
    remove: (index: number): void => setKeys(keys.toSpliced(index, 1)),
    move: (index: number, by: number): void => setKeys(moved(keys, index, by)),
  };
}

function numbers(length: number, from: number): number[] {
  return Array.from({ length }, (_, index) => from + index);
}

function moved<T>(list: readonly T[], index: number, by: number): T[] {
  const rest = list.toSpliced(index, 1);
  return rest.toSpliced(index + by, 0, ...list.slice(index, index + 1));
}
