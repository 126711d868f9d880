/** Asks before the editor is left with changes that are not saved. Closing or reloading the page keeps them by itself. */
import { useBlocker } from '@tanstack/react-router';

import { Button } from '../../parts/Button';
import { Dialog } from '../../parts/Dialog';
import { sentence } from '../../parts/sentence';
import type { Session } from './session';
import styles from './Workbench.module.css';

/** The dialog; nothing as long as nobody leaves. */
export function LeaveDialog({ session, onSave }: { session: Session; onSave: () => void }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && (session.now.isChanged || session.now.unread !== undefined),
    enableBeforeUnload: false,
    withResolver: true,
  });
  if (blocker.status !== 'blocked') return null;
  return (
    <Dialog title={sentence`${session.pipeline.name} is not saved`} onClose={blocker.reset} hasEnd>
      <div className={styles.stack}>
        <p>What you changed is kept in this browser if you like, and offered when you come back.</p>
        <div className={styles.actions}>
          <Button onPress={blocker.reset}>Stay</Button>
          <Button
            look="danger"
            onPress={() => {
              session.settle();
              blocker.proceed();
            }}
          >
            Drop the changes
          </Button>
          <Button onPress={blocker.proceed}>Leave and keep them</Button>
          {session.now.isChanged && (
            <Button
              look="primary"
              onPress={() => {
                blocker.reset();
                onSave();
              }}
            >
              Save …
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}
