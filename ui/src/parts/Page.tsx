/** A screen: its title, what can be done on it, its content. The title is the browser's too. */
import { type ReactNode, useEffect } from 'react';

import { cx } from './cx';
import styles from './Page.module.css';

/** A screen of its own. Within an application the frame has the title: leave `title` out, and name the screen by `label`. */
export function Page({
  title,
  label,
  actions,
  children,
  full = false,
}: {
  title?: string;
  label?: string;
  actions?: ReactNode;
  children: ReactNode;
  /** Whether it takes the whole width. */
  full?: boolean;
}) {
  useEffect(() => {
    if (title !== undefined) document.title = `${title} · Gennaker`;
  }, [title]);
  return (
    <main id="main" className={cx(styles.page, full && styles.full)} aria-label={label ?? title}>
      {(title !== undefined || actions !== undefined) && (
        <div className={styles.head}>
          {title !== undefined && <h1>{title}</h1>}
          {actions && <div className={styles.actions}>{actions}</div>}
        </div>
      )}
      {children}
    </main>
  );
}
