/** An address of an instance that cannot be found. */
import type { ErrorComponentProps } from '@tanstack/react-router';

import { Failure } from '../../parts/States';

/** What is shown instead of it. */
export function NoInstance({ error, reset }: ErrorComponentProps) {
  return (
    <main id="main">
      <Failure error={error} what="instance" onRetry={reset} />
    </main>
  );
}
