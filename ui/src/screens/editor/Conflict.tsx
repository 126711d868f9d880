/**
 * Somebody else saved the pipeline since it was opened: who, when and what, beside what is changed here. The user chooses
 * what is kept; whatever he chooses is on the screen only, and a step that can be undone, until he saves.
 */
import { useState } from 'react';

import { Button } from '../../parts/Button';
import { Dialog } from '../../parts/Dialog';
import { sentence } from '../../parts/sentence';
import { Ago } from '../../parts/Time';
import { merge } from './changes';
import { Diff } from './Code';
import type { Pipeline } from './model';
import { Changes } from './Review';
import { savedAt } from './saving';
import type { Session } from './session';
import { written } from './text';
import styles from './Workbench.module.css';

/** The dialog. `onKept` is called when it is to be saved as it is here now. */
export function Conflict({ session, theirs, onClose, onKept }: { session: Session; theirs: Pipeline; onClose: () => void; onKept: () => void }) {
  const { base, history } = session.use();
  const [differ, setDiffer] = useState(false);
  const mine = history.now;
  const merged = merge(base, mine, theirs);
  const who = theirs.lastModifiedBy ?? 'somebody';
  return (
    <Dialog title={sentence`${who} saved ${theirs.name} too`} onClose={onClose} wide hasEnd>
      <div className={styles.stack}>
        <p>
          <bdi>{who}</bdi> saved it <Ago at={savedAt(theirs)} />, after you began to change it. Nothing is lost: choose what is to be kept, look at it, then save.
        </p>
        <div className={styles.sides}>
          <Changes label={sentence`What ${who} changed`} from={base} to={theirs} />
          <Changes label="What you changed" from={base} to={mine} />
        </div>
        {'both' in merged && (
          <p role="note" aria-label="What both changed">
            Both changed {merged.both.join(', ')}: it cannot be put together by itself.
          </p>
        )}
        {differ && <Diff label="How yours differs from theirs" before={written(theirs, 'json')} after={written(mine, 'json')} />}
        <div className={styles.actions}>
          <Button look="quiet" onPress={() => setDiffer(!differ)} aria-expanded={differ}>
            {differ ? 'Hide the differences' : 'See the differences'}
          </Button>
          <Button
            onPress={() => {
              session.rebase(theirs);
              session.take(sentence`Take what ${who} saved`, theirs);
              onClose();
            }}
          >
            Take theirs
          </Button>
          <Button
            onPress={() => {
              session.rebase(theirs);
              onKept();
            }}
          >
            Keep mine
          </Button>
          {'pipeline' in merged && (
            <Button
              look="primary"
              autoFocus
              onPress={() => {
                session.rebase(theirs);
                session.take('Put both together', merged.pipeline);
                onKept();
              }}
            >
              Put both together
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}
