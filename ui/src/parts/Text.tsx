/** Text that people wrote: it stands in its own direction, is cut where there is no room, and is never more than text. */
import { cx } from './cx';
import styles from './Text.module.css';

/** A name on one line, cut at the end of its room; the whole is its title. */
export function Name({ children, className }: { children: string; className?: string }) {
  return (
    <bdi className={cx(styles.name, className)} title={children.length > 24 ? children : undefined}>
      {children}
    </bdi>
  );
}

/** Several lines as they were written. */
export function Prose({ children }: { children: string }) {
  return (
    <p className={styles.prose} dir="auto">
      {children}
    </p>
  );
}
