/**
 * A part of the configuration that is changed in place and saved as a whole. What was typed stays until it is saved or
 * reverted: who leaves is asked, and what somebody else saved meanwhile is told before it is replaced.
 */
import { useBlocker } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { Button } from '../../parts/Button';
import { Problem, Refusal } from '../../parts/States';
import { toast } from '../../parts/Toasts';
import { LeaveDialog } from './LeaveDialog';
import type { Problems } from './model';
import styles from './Section.module.css';

/** What the fields of a section get: the value, how to change it, and what is wrong with a field once saving was tried. */
export interface Editing<T> {
  readonly value: T;
  readonly set: (next: T) => void;
  readonly error: (field: string) => string | undefined;
}

/** A section with its fields and its buttons. `saved` is what gate has; it is compared as JSON. */
export function EditedSection<T>({
  title,
  saved,
  problems,
  onSave,
  children,
}: {
  title: string;
  saved: T;
  problems: (value: T) => Problems;
  onSave: (value: T) => Promise<void>;
  children: (editing: Editing<T>) => ReactNode;
}) {
  const newest = JSON.stringify(saved);
  const [base, setBase] = useState(newest);
  const [draft, setDraft] = useState<T>();
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const value = draft ?? saved;
  const isDirty = draft !== undefined && JSON.stringify(draft) !== newest;
  const wrong = problems(value);
  const wrongCount = Object.keys(wrong).length;
  const isOutdated = isDirty && base !== newest;
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: isDirty,
    withResolver: true,
  });
  const set = (next: T): void => {
    if (draft === undefined) setBase(newest);
    setDraft(next);
  };
  const revert = (): void => {
    setDraft(undefined);
    setTried(false);
    setError(undefined);
  };
  const save = (): void => {
    setTried(true);
    if (wrongCount > 0 || busy) return;
    setBusy(true);
    setError(undefined);
    onSave(value)
      .then(
        () => {
          revert();
          toast({ tone: 'good', text: `${title}: saved.` });
        },
        (reason: unknown) => setError(reason),
      )
      .finally(() => setBusy(false));
  };
  return (
    <>
      {children({ value, set, error: (field) => (tried ? wrong[field] : undefined) })}
      {isOutdated && <Problem message="Somebody else has saved this meanwhile. Saving replaces what they wrote." action={<Button onPress={revert}>Take theirs</Button>} />}
      {error !== undefined && <Refusal error={error} />}
      {isDirty && (
        <div className={styles.actions}>
          {tried && wrongCount > 0 && (
            <span className={styles.wrong} role="status">
              {wrongCount === 1 ? 'One field is wrong.' : `${wrongCount} fields are wrong.`}
            </span>
          )}
          <Button onPress={revert}>Revert</Button>
          <Button look="primary" onPress={save} aria-label={`Save ${title}`}>
            {busy ? 'Saving …' : 'Save'}
          </Button>
        </div>
      )}
      {blocker.status === 'blocked' && <LeaveDialog what={title} onStay={blocker.reset} onLeave={blocker.proceed} />}
    </>
  );
}
