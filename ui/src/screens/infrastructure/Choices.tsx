/** A filter of which several may be chosen: a button that says how many are, and opens them. Chosen ones stand in the address. */
import { Button as AriaButton, Dialog, DialogTrigger, ListBox, ListBoxItem, Popover } from 'react-aria-components';

import { listOf, textOf } from '../../app/search';
import buttons from '../../parts/Button.module.css';
import { cx } from '../../parts/cx';
import { Icon } from '../../parts/Icon';
import styles from './Choices.module.css';

/** A choice. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** The filter; nothing where there is nothing to choose from. */
export function Choices({ label, options, value, onChange }: { label: string; options: readonly Choice[]; value: string | undefined; onChange: (value: string | undefined) => void }) {
  const chosen = listOf(value);
  if (options.length < 2 && chosen.length === 0) return null;
  const all = [...options, ...chosen.filter((one) => !options.some((option) => option.value === one)).map((one) => ({ value: one, label: one }))];
  const names = all.filter((option) => chosen.includes(option.value)).map((option) => option.label);
  return (
    <DialogTrigger>
      <AriaButton className={cx(buttons.button, buttons.plain, chosen.length > 0 && styles.on)}>
        <span className={styles.text}>{names.length === 0 ? label : `${label}: ${names.length === 1 ? names[0] : names.length}`}</span>
        <Icon name="down" />
      </AriaButton>
      <Popover className={styles.popover ?? ''} placement="bottom start">
        <Dialog aria-label={label} className={styles.dialog ?? ''}>
          <ListBox
            aria-label={label}
            className={styles.list ?? ''}
            items={all}
            selectionMode="multiple"
            selectionBehavior="toggle"
            escapeKeyBehavior="none"
            selectedKeys={chosen}
            onSelectionChange={(keys) => onChange(keys === 'all' ? undefined : textOf([...keys].map(String)))}
          >
            {(option) => (
              <ListBoxItem id={option.value} textValue={option.label} className={styles.option ?? ''}>
                {({ isSelected }) => (
                  <>
                    <span className={styles.box}>{isSelected && <Icon name="check" />}</span>
                    <bdi>{option.label}</bdi>
                  </>
                )}
              </ListBoxItem>
            )}
          </ListBox>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** The different values that things have, sorted, as choices. */
export function choicesOf<T>(things: readonly T[], of: (thing: T) => string | undefined): Choice[] {
  const values = new Set(things.map(of).filter((value): value is string => value !== undefined && value !== ''));
  return [...values].toSorted((one, other) => one.localeCompare(other)).map((value) => ({ value, label: value }));
}
