/** An address of a task that cannot be found. */
import type { ErrorComponentProps } from '@tanstack/react-router';

import { Failure } from '../../parts/States';

/** What is shown instead of it. */
export function NoTask({ error, reset }: ErrorComponentProps) {
  return (
    <main id="main">
      <Failure error={error} what="task" onRetry={reset} />
    </main>
  );
}
