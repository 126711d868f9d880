/** A screen that failed while it was drawn: a defect of the page. */
import type { ErrorComponentProps } from '@tanstack/react-router';

import { messageOf } from '../gate/errors';
import { Button } from '../parts/Button';
import { Problem } from '../parts/States';

/** What is shown instead of the screen. */
export function Broken({ error, reset }: ErrorComponentProps) {
  return (
    <main id="main">
      <Problem
        message={`This screen broke: ${messageOf(error)}`}
        advice="Nothing was sent. Load the page anew; if it breaks again, report this sentence and the address."
        action={<Button onPress={reset}>Try again</Button>}
      />
    </main>
  );
}
