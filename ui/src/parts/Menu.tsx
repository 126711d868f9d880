/**
 * A button that opens a list of things to do. Lists have a hundred of these and more, of which next to none is ever pressed: as
 * long as it is closed it is the browser's own button and nothing else.
 */
import { type KeyboardEvent, type MouseEvent, type ReactNode, useId, useRef, useState } from 'react';
import { Menu as AriaMenu, MenuItem, Popover } from 'react-aria-components';
import { flushSync } from 'react-dom';

import buttons from './Button.module.css';
import { cx } from './cx';
import { Icon, type IconName } from './Icon';
import styles from './Menu.module.css';

/** A thing to do. */
export interface Action {
  readonly label: string;
  readonly icon?: IconName;
  readonly act: () => void;
  /** Whether it cannot be undone. */
  readonly danger?: boolean;
  readonly disabled?: boolean;
}

/** What has the keyboard first when it opens: one of the things to do, or with `true` the list, where it was opened by pointer. */
type First = 'first' | 'last' | true;

/** A button that opens the actions; with a label only it is three dots. Nothing where there are none. */
export function Menu({ label, actions, children }: { label: string; actions: readonly Action[]; children?: ReactNode }) {
  const [open, setOpen] = useState<First>();
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  if (actions.length === 0) return null;
  const show = (first: First): void => {
    // Not every browser gives a button that is pressed the keyboard, and to what has it, it returns.
    button.current?.focus();
    setOpen(first);
  };
  const onClick = ({ detail }: MouseEvent): void => show(detail === 0 ? 'first' : true);
  const onKeyDown = (event: KeyboardEvent): void => {
    const first = ({ ArrowDown: 'first', ArrowUp: 'last' } as const)[event.key];
    if (first === undefined) return;
    event.preventDefault();
    show(first);
  };
  const take = (action: Action | undefined): void => {
    // A dialog that it opens gives the keyboard back to what has it now: the button, not the entry, which is gone by then.
    flushSync(() => setOpen(undefined));
    button.current?.focus();
    action?.act();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={cx(buttons.button, children ? buttons.plain : cx(buttons.icon, buttons.quiet))}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open !== undefined}
        aria-controls={open && id}
        data-pressed={open && ''}
        onClick={onClick}
        onKeyDown={onKeyDown}
      >
        {children ?? <Icon name="more" />}
        {children !== undefined && <Icon name="down" />}
      </button>
      {open !== undefined && (
        <Popover className={styles.popover ?? ''} placement="bottom end" triggerRef={button} isOpen onOpenChange={() => setOpen(undefined)} aria-label={label}>
          <AriaMenu
            id={id}
            className={styles.menu ?? ''}
            aria-label={label}
            autoFocus={open}
            onClose={() => setOpen(undefined)}
            onAction={(key) => take(actions.find((action) => action.label === key))}
          >
            {actions.map((action) => (
              <MenuItem key={action.label} id={action.label} textValue={action.label} isDisabled={action.disabled ?? false} className={cx(styles.item, action.danger && styles.danger)}>
                {action.icon && <Icon name={action.icon} />}
                <bdi>{action.label}</bdi>
              </MenuItem>
            ))}
          </AriaMenu>
        </Popover>
      )}
    </>
  );
}
