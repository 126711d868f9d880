/** How something is: a word with a colour, and bars made of many such. */
import { type ReactNode } from 'react';

import type { Status } from '../gate/wire';
import { cx } from './cx';
import styles from './Status.module.css';

/** The few ways that a status can look. */
export type Tone = 'good' | 'running' | 'waiting' | 'bad' | 'stopped' | 'idle';

const LOOKS: Record<Status, { tone: Tone; word: string }> = {
  NOT_STARTED: { tone: 'idle', word: 'Not started' },
  RUNNING: { tone: 'running', word: 'Running' },
  PAUSED: { tone: 'waiting', word: 'Paused' },
  SUSPENDED: { tone: 'waiting', word: 'Suspended' },
  SUCCEEDED: { tone: 'good', word: 'Succeeded' },
  FAILED_CONTINUE: { tone: 'waiting', word: 'Failed, went on' },
  TERMINAL: { tone: 'bad', word: 'Failed' },
  CANCELED: { tone: 'stopped', word: 'Cancelled' },
  REDIRECT: { tone: 'running', word: 'Redirected' },
  STOPPED: { tone: 'stopped', word: 'Stopped' },
  BUFFERED: { tone: 'waiting', word: 'Waits in line' },
  SKIPPED: { tone: 'stopped', word: 'Skipped' },
};

/** How a status looks. */
export function toneOf(status: Status): Tone {
  return LOOKS[status]?.tone ?? 'idle';
}

/** The word for a status. */
export function wordOf(status: Status): string {
  return LOOKS[status]?.word ?? status;
}

/** A status in a word; `tone` and `children` where it is more than that. */
export function StatusBadge({ status, tone, children }: { status: Status; tone?: Tone; children?: ReactNode }) {
  return (
    <span className={styles.badge} data-tone={tone ?? toneOf(status)} data-status={status}>
      <span className={styles.dot} aria-hidden="true" />
      {children ?? wordOf(status)}
    </span>
  );
}

/** How a run looks: one of which a judgment runs waits for a person. */
export function lookOfRun(status: Status, awaitsJudgment: boolean): { tone: Tone; word: string } {
  return awaitsJudgment && status === 'RUNNING' ? { tone: 'waiting', word: 'Awaits judgment' } : { tone: toneOf(status), word: wordOf(status) };
}

/** A run's status in a word. */
export function RunBadge({ status, awaitsJudgment }: { status: Status; awaitsJudgment: boolean }) {
  const { tone, word } = lookOfRun(status, awaitsJudgment);
  return (
    <StatusBadge status={status} tone={tone}>
      {word}
    </StatusBadge>
  );
}

/** A dot in a tone, with what it means for who cannot see it. */
export function StatusDot({ tone, label }: { tone: Tone; label: string }) {
  return <span className={styles.dot} data-tone={tone} role="img" aria-label={label} title={label} />;
}

/** A bar of parts side by side, each as wide as `weight`: counts of instances, shares of anything. */
export function StatusBar({ parts, label, className }: { parts: readonly { tone: Tone; weight: number; title: string }[]; label: string; className?: string }) {
  return (
    <span className={cx(styles.bar, className)} role="img" aria-label={label}>
      {parts.map((part) => (
        <span key={part.title} className={styles.part} data-tone={part.tone} style={{ flexGrow: part.weight }} title={part.title} />
      ))}
    </span>
  );
}
