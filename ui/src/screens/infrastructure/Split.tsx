/** A list with the details of one of its things beside it; where there is little room the details stand instead of the list. */
import { Link } from '@tanstack/react-router';
import { type ReactNode } from 'react';

import { GateError } from '../../gate/errors';
import { Icon } from '../../parts/Icon';
import { Empty } from '../../parts/States';
import { Name } from '../../parts/Text';
import styles from './Split.module.css';

/** The list, and what is open. */
export function Split({ children, details }: { children: ReactNode; details: ReactNode }) {
  return (
    <div className={styles.split} data-open={details !== null || undefined}>
      <div className={styles.list}>{children}</div>
      {details}
    </div>
  );
}

/** The details of a thing. `back` is the way to the list. */
export function Panel({
  kind,
  name,
  state,
  actions,
  back,
  children,
}: {
  /** What it is: `Server group`. */
  kind: string;
  name: string;
  /** How it is, beside its name. */
  state?: ReactNode;
  actions?: ReactNode;
  back: { to: string; application: string };
  children: ReactNode;
}) {
  return (
    // It scrolls, so the keyboard has to reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={styles.panel} aria-label={`${kind} ${name}`} tabIndex={0}>
      <header className={styles.head}>
        <div className={styles.names}>
          <p className={styles.kind}>{kind}</p>
          <h2>
            <Name>{name}</Name>
          </h2>
        </div>
        <Link to={back.to as never} params={{ application: back.application } as never} search={((before: object) => before) as never} className={styles.close} aria-label="Close the details">
          <Icon name="cross" />
        </Link>
        {(state !== undefined || actions !== undefined) && (
          <div className={styles.bar}>
            {state}
            <div className={styles.actions}>{actions}</div>
          </div>
        )}
      </header>
      {children}
    </section>
  );
}

/** The details of a thing that is gone, or never was. */
export function Gone({ kind, name, back }: { kind: string; name: string; back: { to: string; application: string } }) {
  return (
    <Panel kind={kind} name={name} back={back}>
      <Empty title="It is not there">It was removed or replaced, or the address is mistyped.</Empty>
    </Panel>
  );
}

/** Whether there is no such thing. What was there before stays: a question about it may be open. */
export function isGone(query: { error: unknown; data: unknown }): boolean {
  return query.data === undefined && query.error instanceof GateError && query.error.kind === 'missing';
}

/** A part of the details. */
export function Part({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.part} aria-label={title}>
      <div className={styles.partHead}>
        <h3>{title}</h3>
        {actions}
      </div>
      {children}
    </section>
  );
}
