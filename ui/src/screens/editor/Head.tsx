/** The head of the editor: what is edited, whether it is saved, and what can be done to the whole. */
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';

import { useCommands } from '../../app/Palette';
import { Back } from '../../parts/Back';
import { Button, IconButton } from '../../parts/Button';
import { type IconName } from '../../parts/Icon';
import { Menu } from '../../parts/Menu';
import { Name } from '../../parts/Text';
import { Ago } from '../../parts/Time';
import type { Lock } from './Notices';
import { savedAt } from './saving';
import type { Session } from './session';
import type { Open } from './Workbench';
import styles from './Workbench.module.css';

/** The head. */
export function Head({ session, isReadOnly, lock, onOpen }: { session: Session; isReadOnly: boolean; lock: Lock | undefined; onOpen: (open: Open) => void }) {
  const { history, base, isChanged, unread } = session.use();
  const navigate = useNavigate();
  const { application, id } = base;
  const isOff = base.disabled === true;
  const [back, forth] = [history.past.at(-1), history.future[0]];
  const actions = useMemo(
    () => [
      { label: 'What it would do', icon: 'diagram' as const, act: () => onOpen('plan') },
      { label: 'Versions', icon: 'clock' as const, act: () => onOpen('versions') },
      ...(isReadOnly
        ? []
        : [
            { label: 'Rename', icon: 'edit' as const, act: () => onOpen('rename') },
            { label: isOff ? 'Enable' : 'Disable', icon: (isOff ? 'play' : 'pause') as IconName, act: () => onOpen('disable') },
            { label: 'Lock', act: () => onOpen('lock') },
          ]),
      ...(lock?.canUnlock ? [{ label: 'Unlock', act: () => onOpen('unlock') }] : []),
      {
        label: 'Make another like it',
        icon: 'copy' as const,
        act: () => void navigate({ to: '/applications/$application/executions/create', params: { application }, search: { copy: id, ...(base.strategy ? { strategy: 'true' } : {}) } }),
      },
      ...(isReadOnly ? [] : [{ label: 'Delete', icon: 'trash' as const, danger: true, act: () => onOpen('delete') }]),
    ],
    [application, base.strategy, id, isOff, isReadOnly, lock?.canUnlock, navigate, onOpen],
  );
  useCommands(
    useMemo(() => actions.map(({ label, act }) => ({ id: `editor ${label}`, title: label, kind: base.name.slice(0, 60), icon: 'edit' as const, act })), [actions, base.name]),
  );
  return (
    <div className={styles.head}>
      <Back to="/applications/$application/executions" params={{ application }} aria-label="All pipelines" />
      <div className={styles.title}>
        <h2>
          <Name>{history.now.name}</Name>
        </h2>
        {base.strategy && <span className={styles.note}>strategy</span>}
        <span className="soft">
          {isChanged || unread ? (
            'Not saved yet'
          ) : (
            <>
              Saved <Ago at={savedAt(base)} />
              {base.lastModifiedBy && (
                <>
                  {' by '}
                  <bdi>{base.lastModifiedBy}</bdi>
                </>
              )}
            </>
          )}
        </span>
      </div>
      <div className={styles.tools}>
        {!base.strategy && !isOff && (
          <Button
            icon="play"
            onPress={() => void navigate({ to: '/applications/$application/executions', params: { application }, search: { startManualExecution: id } })}
          >
            Start …
          </Button>
        )}
        <IconButton label={back ? `Undo: ${back.does}` : 'Nothing to undo'} icon="undo" isDisabled={!back} onPress={() => session.undo()} />
        <IconButton label={forth ? `Do again: ${forth.does}` : 'Nothing to do again'} icon="redo" isDisabled={!forth} onPress={() => session.redo()} />
        {!isReadOnly && (
          <Button look="primary" isDisabled={!isChanged} onPress={() => onOpen('review')}>
            Save …
          </Button>
        )}
        <Menu label="What can be done to the pipeline" actions={actions} />
      </div>
    </div>
  );
}
