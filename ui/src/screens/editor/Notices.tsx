/** Over the editor: what an earlier visit left, that somebody else saved or deleted it, that it is locked or off. */
import { type ReactNode } from 'react';

import { Button } from '../../parts/Button';
import { Icon } from '../../parts/Icon';
import { Ago } from '../../parts/Time';
import type { Pipeline } from './model';
import { savedAt } from './saving';
import type { Session } from './session';
import styles from './Notices.module.css';

/** What keeps a pipeline from being changed in the page, if anything does. */
export interface Lock {
  readonly why: string | undefined;
  readonly canUnlock: boolean;
}

/** The notices. `theirs` is a newer version; `isGone` says that it was deleted, `isElsewhere` that another tab changes it too. */
export function Notices({
  session,
  theirs,
  isGone,
  isElsewhere,
  lock,
  onConflict,
  onSaveAgain,
}: {
  session: Session;
  theirs: Pipeline | undefined;
  isGone: boolean;
  isElsewhere: boolean;
  lock: Lock | undefined;
  onConflict: () => void;
  onSaveAgain: () => void;
}) {
  const { restored, base } = session.use();
  return (
    <div role="status" className={styles.notices}>
      {restored !== undefined && (
        <Notice
          actions={
            <>
              <Button onPress={() => session.accept()}>Go on with them</Button>
              <Button onPress={() => session.revert()}>Drop them</Button>
            </>
          }
        >
          These are changes of <Ago at={restored} /> that were not saved.
        </Notice>
      )}
      {isElsewhere && <Notice isWarning>You change this pipeline in another tab, too. Each tab keeps its own changes; the one that saves later is asked what is to stay.</Notice>}
      {theirs && (
        <Notice isWarning actions={<Button onPress={onConflict}>Look at both …</Button>}>
          <bdi>{theirs.lastModifiedBy ?? 'Somebody'}</bdi> saved this pipeline <Ago at={savedAt(theirs)} />, while you change it.
        </Notice>
      )}
      {isGone && (
        <Notice isWarning actions={<Button onPress={onSaveAgain}>Save it again</Button>}>
          It was deleted meanwhile. What you see is here only.
        </Notice>
      )}
      {lock && (
        <Notice>
          This pipeline is locked: it cannot be changed in this page. {lock.why && <bdi>{lock.why}</bdi>}
        </Notice>
      )}
      {base.disabled === true && <Notice>It is disabled: nothing starts it until it is enabled.</Notice>}
    </div>
  );
}

function Notice({ children, actions, isWarning = false }: { children: ReactNode; actions?: ReactNode; isWarning?: boolean }) {
  return (
    <div className={styles.notice} data-warning={isWarning || undefined}>
      <Icon name={isWarning ? 'warning' : 'info'} />
      <p>{children}</p>
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}

/** The lock of a pipeline. */
export function lockOf(pipeline: Pipeline): Lock | undefined {
  const locked = pipeline['locked'] as { ui?: boolean; allowUnlockUi?: boolean; description?: string } | null | undefined;
  return locked?.ui === true ? { why: locked.description, canUnlock: locked.allowUnlockUi !== false } : undefined;
}
