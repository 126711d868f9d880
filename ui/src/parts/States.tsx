/** What a screen shows instead of its content: nothing yet, nothing there, something wrong. */
import { type ReactNode } from 'react';
import { type UseQueryResult } from '@tanstack/react-query';

import { advice, adviceToSender, GateError, messageOf } from '../gate/errors';
import { useFailure } from '../gate/failing';
import { Button } from './Button';
import { Icon } from './Icon';
import styles from './States.module.css';

/** That there is nothing, why, and what to do about it. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <h2>{title}</h2>
      {children && <p className="soft">{children}</p>}
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}

/** That it is on its way; seen only if it takes a moment. */
export function Loading({ what }: { what: string }) {
  return (
    <div className={styles.loading} role="status">
      <span className={styles.dots} aria-hidden="true" />
      <span>Loading {what} …</span>
    </div>
  );
}

/** What is wrong, in a frame. */
export function Problem({ message, advice, requestId, action }: { message: string; advice?: string | undefined; requestId?: string | undefined; action?: ReactNode }) {
  return (
    <div className={styles.problem} role="alert">
      <Icon name="warning" />
      <div>
        <p className={styles.message} dir="auto">
          {message}
        </p>
        {advice && <p>{advice}</p>}
        {requestId && (
          <p className={styles.request}>
            Request <code>{requestId}</code>
          </p>
        )}
      </div>
      {action}
    </div>
  );
}

/** Why something that was sent was not taken, with what to do next. */
export function Refusal({ error }: { error: unknown }) {
  return <Problem message={messageOf(error)} advice={adviceToSender(error)} requestId={error instanceof GateError ? error.requestId : undefined} />;
}

/** An error instead of a screen, with a way to try again. */
export function Failure({ error, what, onRetry }: { error: unknown; what: string; onRetry?: () => void }) {
  const requestId = error instanceof GateError ? error.requestId : undefined;
  return (
    <div className={styles.failure}>
      <h2>{error instanceof GateError && error.kind === 'missing' ? `There is no such ${what}` : `The ${what} cannot be shown`}</h2>
      <Problem
        message={messageOf(error)}
        advice={advice(error)}
        requestId={requestId}
        action={onRetry && <Button onPress={onRetry}>Try again</Button>}
      />
    </div>
  );
}

/**
 * A query's answer, or what stands in its place. What was answered before stays where a newer question fails; the banner
 * says so then.
 */
export function Answer<T>({ query, what, children }: { query: UseQueryResult<T>; what: string; children: (data: T) => ReactNode }) {
  const failure = useFailure(query);
  if (query.data !== undefined) return children(query.data);
  if (failure !== null) return <Failure error={failure} what={what} onRetry={() => void query.refetch()} />;
  return <Loading what={what} />;
}

