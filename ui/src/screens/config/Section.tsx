/** The frame of a part of the configuration: its title and what it is for. Links lead to it by its key. */
import { type ReactNode } from 'react';

import styles from './Section.module.css';

/** A section; `id` is what addresses call it. */
export function Section({ id, title, intro, action, children }: { id: string; title: string; intro?: ReactNode; action?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.section} id={`section-${id}`} aria-labelledby={`title-${id}`} tabIndex={-1}>
      <header className={styles.head}>
        <h2 id={`title-${id}`}>{title}</h2>
        {action}
      </header>
      {intro && <p className="soft">{intro}</p>}
      {children}
    </section>
  );
}
