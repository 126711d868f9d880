/** Why an execution stands where it does, and what would help: what `gennaker doctor execution` prints. */
import { useQuery } from '@tanstack/react-query';

import { diagnosis, type Diagnosis } from '../../gate/admin';
import { messageOf } from '../../gate/errors';
import { ButtonLink, IconButton } from '../../parts/Button';
import { Dialog } from '../../parts/Dialog';
import { sentence } from '../../parts/sentence';
import { Answer } from '../../parts/States';
import { Moment } from '../../parts/Time';
import { toast } from '../../parts/Toasts';
import styles from './Admin.module.css';
import { commandOf } from './model';

/** The dialog. `name` is the execution's, where it is known. */
export function DiagnosisDialog({ id, name, onClose }: { id: string; name: string | undefined; onClose: () => void }) {
  const query = useQuery(diagnosis(id));
  return (
    <Dialog title={sentence`Why ${name ?? id} stands so`} onClose={onClose} wide>
      <Answer query={query} what="diagnosis">
        {(known) => <Told id={id} known={known} />}
      </Answer>
    </Dialog>
  );
}

function Told({ id, known }: { id: string; known: Diagnosis }) {
  const { verdict, summary, causes = [], waits = [], failures = [], remedies = [], record } = known;
  return (
    <div className={styles.told}>
      <p>
        <strong>{said(verdict)}.</strong> <span dir="auto">{summary}</span>
      </p>
      {causes.map((cause) => (
        <p key={cause.message} dir="auto">
          {cause.message} {cause.since !== undefined && <Moment at={cause.since} />}
        </p>
      ))}
      {waits.length > 0 && (
        <section aria-label="What it waits for">
          <h3>What it waits for</h3>
          <ul className={styles.list}>
            {waits.map((wait, index) => (
              <li key={index} className={styles.part}>
                <bdi>{wait.stage.name ?? wait.stage.refId}</bdi>: {said(wait.waitsFor ?? 'its turn').toLowerCase()}
                {wait.since !== undefined && (
                  <>
                    , since <Moment at={wait.since} />
                  </>
                )}
                {wait.timesOut !== undefined && (
                  <>
                    , until <Moment at={wait.timesOut} /> at the latest
                  </>
                )}
                {wait.error !== undefined && <p className={styles.problem}>{wait.error}</p>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {failures.map((failure, index) => (
        <p key={index} className={styles.problem} dir="auto">
          {failure.stage.name}: {failure.message ?? (failure.reasons ?? []).join(' ')}
        </p>
      ))}
      {remedies.length > 0 && (
        <section aria-label="What would help">
          <h3>What would help</h3>
          <ul className={styles.list}>
            {remedies.map((remedy) => (
              <li key={remedy.message} className={styles.part}>
                <Marked text={remedy.message} />
                <Command text={commandOf(remedy)} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {record?.problem !== undefined && <p className={styles.problem}>{record.problem}</p>}
      {record && (
        <p className="soft">
          {record.events} events are recorded{record.replayed ? (record.replayed.same ? ', and today’s planner makes the same of them' : ', and today’s planner makes something else of them') : ''}.
        </p>
      )}
      <div>
        <ButtonLink to="/executions/$executionId" params={{ executionId: id }}>
          Its own screen
        </ButtonLink>
      </div>
    </div>
  );
}

/** A constant as people write it: `NOT_STARTED` is Not started. */
function said(constant: string): string {
  const words = constant.toLowerCase().replaceAll('_', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** What stands between backticks is to be typed. */
function Marked({ text }: { text: string }) {
  // Every second piece stood between two of them.
  return text.split('`').map((piece, index) => (index % 2 === 1 ? <code key={index}>{piece}</code> : piece));
}

function Command({ text }: { text: string | undefined }) {
  if (text === undefined) return null;
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => toast({ tone: 'good', text: 'The command is copied.' }),
      (error: unknown) => toast({ tone: 'bad', text: messageOf(error) }),
    );
  };
  return (
    <span className={styles.command}>
      <code>{text}</code>
      <IconButton label="Copy the command" icon="copy" onPress={copy} />
    </span>
  );
}
