/** The versions of a pipeline: who saved each and when, what one changes, and one of them put back. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { versions } from '../../gate/configs';
import { Button } from '../../parts/Button';
import { Dialog } from '../../parts/Dialog';
import { Select } from '../../parts/Field';
import { sentence } from '../../parts/sentence';
import { Answer } from '../../parts/States';
import { Moment } from '../../parts/Time';
import { toast } from '../../parts/Toasts';
import { Diff } from './Code';
import { type Pipeline, pipelineOf } from './model';
import { Changes } from './Review';
import { savedAt } from './saving';
import type { Session } from './session';
import { written } from './text';
import styles from './Workbench.module.css';

/** The dialog. */
export function Versions({ session, isReadOnly, onClose }: { session: Session; isReadOnly: boolean; onClose: () => void }) {
  const { base } = session.now;
  const query = useQuery({ ...versions(base.id ?? '', base.strategy === true), staleTime: 0 });
  return (
    <Dialog title={sentence`Versions of ${base.name}`} onClose={onClose} wide hasEnd>
      <Answer query={query} what="versions">
        {(all) => <List session={session} all={all.map((one) => pipelineOf(one))} isReadOnly={isReadOnly} onClose={onClose} />}
      </Answer>
    </Dialog>
  );
}

function List({ session, all, isReadOnly, onClose }: { session: Session; all: readonly Pipeline[]; isReadOnly: boolean; onClose: () => void }) {
  const [chosen, setChosen] = useState(0);
  const [against, setAgainst] = useState<'before' | 'screen'>('before');
  const version = all[chosen];
  if (!version) return <p className="soft">No version is kept.</p>;
  const other = against === 'screen' ? session.pipeline : all[chosen + 1];
  const [from, to] = against === 'screen' ? [session.pipeline, version] : [other ?? { ...version, stages: [], triggers: [] }, version];
  const restore = (): void => {
    // Its place, its id and when it was saved are not a version's.
    const { id, application, index, updateTs, lastModifiedBy, strategy } = session.now.base;
    session.take('Put an old version back', { ...version, id, application, index, updateTs, lastModifiedBy, ...(strategy ? { strategy } : {}) });
    toast({ tone: 'info', text: 'The old version is on the screen. Save it to make it count.' });
    onClose();
  };
  return (
    <div className={styles.versions}>
      <ol className={styles.versionList} aria-label="Versions, the newest first">
        {all.map((one, index) => (
          <li key={`${one.updateTs} ${index}`}>
            <button type="button" aria-current={index === chosen} onClick={() => setChosen(index)}>
              <Moment at={savedAt(one)} />
              <bdi className="soft">{one.lastModifiedBy ?? 'somebody'}</bdi>
            </button>
          </li>
        ))}
      </ol>
      <div className={styles.stack}>
        <Select
          label="Compare with"
          value={against}
          onChange={setAgainst}
          options={[
            { value: 'before', label: 'The version before it' },
            { value: 'screen', label: 'What is on the screen' },
          ]}
        />
        {other === undefined ? (
          <p className="soft">This is the first version that is kept.</p>
        ) : (
          <Changes label={against === 'screen' ? 'What putting it back would change' : 'What it changed'} from={from} to={to} />
        )}
        <Diff label="What it changes, in lines" before={written(from, 'json')} after={written(to, 'json')} />
        <div className={styles.actions}>
          <Button onPress={onClose}>Close</Button>
          {!isReadOnly && (
            <Button look="primary" onPress={restore} isDisabled={chosen === 0 && !session.now.isChanged}>
              Put this version back
            </Button>
          )}
        </div>
      </div>
    </div>
  );
}
