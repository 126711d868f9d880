/**
 * Before it is saved: what is changed, in words and in lines. If somebody else saved meanwhile, which of both, or both, is
 * to be kept: nothing is written over unseen.
 */
import { type FormEvent, useState } from 'react';

import { client } from '../../gate/client';
import { savedPipeline } from '../../gate/configs';
import { GateError } from '../../gate/errors';
import { Button } from '../../parts/Button';
import { Dialog } from '../../parts/Dialog';
import { sentence } from '../../parts/sentence';
import { Problem, Refusal } from '../../parts/States';
import { toast } from '../../parts/Toasts';
import { changes } from './changes';
import { Diff } from './Code';
import { type Pipeline, pipelineOf, problemsOf } from './model';
import { saveShown } from './saving';
import type { Session } from './session';
import { written } from './text';
import styles from './Workbench.module.css';

/** The dialog. `onConflict` is told the version that somebody else saved. */
export function Review({ session, onClose, onConflict }: { session: Session; onClose: () => void; onConflict: (theirs: Pipeline) => void }) {
  const { base, history } = session.use();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const problems = problemsOf(history.now);
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await saveShown(session);
      toast({ tone: 'good', text: sentence`${session.now.base.name} is saved.` });
      onClose();
    } catch (reason) {
      setBusy(false);
      const theirs = reason instanceof GateError && reason.kind === 'conflict' ? await newest(base) : undefined;
      if (theirs) onConflict(theirs);
      else setError(reason);
    }
  };
  return (
    <Dialog title={sentence`Save ${history.now.name}`} onClose={onClose} wide hasEnd>
      <form className={styles.stack} onSubmit={(event) => void send(event)}>
        {problems.length > 0 && <Problem message="It would not run so." advice={problems.join(' ')} />}
        <Changes label="What you changed" from={base} to={history.now} />
        <Diff label="What you changed, in lines" before={written(base, 'json')} after={written(history.now, 'json')} />
        {error !== undefined && <Refusal error={error} />}
        <div className={styles.actions}>
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" look="primary" autoFocus>
            {busy ? 'Saving …' : 'Save'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** What changed, a sentence each. */
export function Changes({ label, from, to }: { label: string; from: Pipeline; to: Pipeline }) {
  const all = changes(from, to);
  return (
    <section aria-label={label} className={styles.changes}>
      <h3>{label}</h3>
      <ul>
        {all.slice(0, MOST).map((one) => (
          <li key={one} dir="auto">
            {one}
          </li>
        ))}
        {all.length > MOST && <li>And {all.length - MOST} more.</li>}
        {all.length === 0 && <li className="soft">Nothing.</li>}
      </ul>
    </section>
  );
}

const MOST = 12;

/** As it is saved now; undefined where that cannot be had. */
async function newest({ application, id }: Pipeline): Promise<Pipeline | undefined> {
  try {
    return id === undefined ? undefined : pipelineOf(await client.fetchQuery({ ...savedPipeline(application, id), staleTime: 0 }));
  } catch {
    return undefined;
  }
}
