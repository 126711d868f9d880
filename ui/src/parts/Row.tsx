/**
 * Links and buttons of lists that have a hundred of them, of which next to none is ever used: they are the browser's own, which
 * cost a tenth of the router's links and of `Button`.
 */
import { useRouter } from '@tanstack/react-router';
import { type MouseEvent, type ReactNode } from 'react';

import buttons from './Button.module.css';
import { cx } from './cx';
import { Icon, type IconName } from './Icon';

/** A button; without words it is a picture, and `label` its title. */
export function RowButton({ label, icon, filled = false, onPress, children }: { label: string; icon: IconName; filled?: boolean; onPress: () => void; children?: ReactNode }) {
  const isPicture = children === undefined;
  const onClick = ({ currentTarget }: MouseEvent<HTMLButtonElement>): void => {
    // Not every browser gives a button that is pressed the keyboard, and to what has it, it returns.
    currentTarget.focus();
    onPress();
  };
  return (
    <button type="button" className={cx(buttons.button, buttons.quiet, isPicture && buttons.icon)} aria-label={label} title={isPicture ? label : undefined} onClick={onClick}>
      <Icon name={icon} filled={filled} />
      {children}
    </button>
  );
}

/** A link to a screen, which is loaded once it is pointed at; with `icon` it looks like a button. `to` is the screen's path, encoded. */
export function RowLink({ to, label, icon, children }: { to: string; label?: string; icon?: IconName; children: ReactNode }) {
  const router = useRouter();
  const load = (): void => void router.preloadRoute({ to } as never);
  return (
    <a href={`#${to}`} className={icon && cx(buttons.button, buttons.quiet)} aria-label={label} onPointerEnter={load} onFocus={load}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  );
}
