/** An address of an execution that cannot be found. */
import type { ErrorComponentProps } from '@tanstack/react-router';

import { Failure } from '../../parts/States';

/** What is shown instead of it. */
export function NoExecution({ error, reset }: ErrorComponentProps) {
  return (
    <main id="main">
      <Failure error={error} what="execution" onRetry={reset} />
    </main>
  );
}
