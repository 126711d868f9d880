/** Buttons, and links that look like one. */
import { createLink, type LinkComponent } from '@tanstack/react-router';
import { type AnchorHTMLAttributes, type ReactNode, type Ref } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps, Tooltip, TooltipTrigger } from 'react-aria-components';

import styles from './Button.module.css';
import { cx } from './cx';
import { Icon, type IconName } from './Icon';

/** What a button looks like: `primary` once a screen, `danger` for what cannot be undone, `quiet` in rows. */
export type Look = 'plain' | 'primary' | 'danger' | 'quiet';

/** A button's properties. */
export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children' | 'style'> {
  look?: Look;
  icon?: IconName;
  children: ReactNode;
}

/** A button with words on it. */
export function Button({ look = 'plain', icon, children, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={cx(styles.button, styles[look])}>
      {icon && <Icon name={icon} />}
      {children}
    </AriaButton>
  );
}

/** A button with a picture only; `label` is what it is called, and shown beside it. */
export function IconButton({
  label,
  icon,
  filled = false,
  look = 'quiet',
  ...rest
}: Omit<ButtonProps, 'children' | 'icon'> & { label: string; icon: IconName; filled?: boolean }) {
  return (
    <TooltipTrigger delay={500}>
      <AriaButton {...rest} aria-label={label} className={cx(styles.button, styles.icon, styles[look])}>
        <Icon name={icon} filled={filled} />
      </AriaButton>
      <Tooltip className={styles.tooltip} offset={6}>
        {label}
      </Tooltip>
    </TooltipTrigger>
  );
}

interface AnchorProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  look?: Look;
  icon?: IconName;
  ref?: Ref<HTMLAnchorElement>;
}

function Anchor({ look = 'plain', icon, children, ref, ...rest }: AnchorProps) {
  return (
    <a {...rest} ref={ref} className={cx(styles.button, styles[look])}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  );
}

const RoutedAnchor = createLink(Anchor);

/** A link to a screen that looks like a button. */
export const ButtonLink: LinkComponent<typeof Anchor> = (props) => <RoutedAnchor {...props} />;
