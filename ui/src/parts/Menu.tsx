/** A button that opens a list of things to do. */
import { type ReactNode } from 'react';
import { Button as AriaButton, Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';

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

/** A button that opens the actions; with a label only it is three dots. Nothing where there are none. */
export function Menu({ label, actions, children }: { label: string; actions: readonly Action[]; children?: ReactNode }) {
  if (actions.length === 0) return null;
  return (
    <MenuTrigger>
      <AriaButton aria-label={label} className={cx(buttons.button, children ? buttons.plain : cx(buttons.icon, buttons.quiet))}>
        {children ?? <Icon name="more" />}
        {children !== undefined && <Icon name="down" />}
      </AriaButton>
      <Popover className={styles.popover ?? ''} placement="bottom end">
        <AriaMenu className={styles.menu ?? ''} aria-label={label} onAction={(key) => actions.find((action) => action.label === key)?.act()}>
          {actions.map((action) => (
            <MenuItem key={action.label} id={action.label} textValue={action.label} isDisabled={action.disabled ?? false} className={cx(styles.item, action.danger && styles.danger)}>
              {action.icon && <Icon name={action.icon} />}
              <bdi>{action.label}</bdi>
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
