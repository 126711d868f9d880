/** The question before a change: its settings, what will happen, the plan, a reason; and then its task, step by step. */
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';

import { refreshInfrastructure } from '../../gate/serverGroups';
import { failureOf, task as taskQuery } from '../../gate/tasks';
import { Button, ButtonLink } from '../../parts/Button';
import { Dialog, FormDialog } from '../../parts/Dialog';
import { TextField } from '../../parts/Field';
import { Problem } from '../../parts/States';
import { StatusBadge } from '../../parts/Status';
import { Name } from '../../parts/Text';
import { Duration } from '../../parts/Time';
import type { Change } from './change';
import styles from './ChangeDialog.module.css';
import { PlanView } from './PlanView';

const LOOK_EVERY = 1000;
const RUNS = new Set(['NOT_STARTED', 'RUNNING', 'PAUSED', 'SUSPENDED', 'BUFFERED']);

/** The dialog. `children` are the fields of what can be set; `problem` is what is wrong with them, `isReady` whether what is required is there. */
export function ChangeDialog({
  application,
  change,
  children,
  problem,
  isReady = true,
  onClose,
  onDone,
}: {
  application: string;
  change: Change;
  children?: ReactNode;
  problem?: string | undefined;
  isReady?: boolean;
  onClose: () => void;
  /** Called once it has succeeded. */
  onDone?: () => void;
}) {
  const [reason, setReason] = useState('');
  const [word, setWord] = useState('');
  const [task, setTask] = useState<string>();
  const started = useRef(false);
  if (task !== undefined) return <Progress application={application} title={change.title} id={task} onClose={onClose} onDone={onDone} />;
  const typed = change.typed === undefined || word === change.typed;
  return (
    <FormDialog
      title={change.title}
      action={change.action}
      look={change.danger ? 'danger' : 'primary'}
      isReady={problem === undefined && isReady && typed}
      onClose={() => {
        if (!started.current) onClose();
      }}
      onSubmit={async () => {
        const id = await change.start(reason);
        started.current = true;
        setTask(id);
      }}
    >
      {children}
      {problem !== undefined && (
        <p className={styles.problem} role="status">
          {problem}
        </p>
      )}
      <div className={styles.says}>
        {change.says.map((sentence) => (
          <p key={sentence}>
            <bdi>{sentence}</bdi>
          </p>
        ))}
      </div>
      {problem === undefined && <PlanView application={application} change={change} />}
      <TextField label="Reason" value={reason} onChange={setReason} description="Stands in the task, for those who look at it later." />
      {change.typed !== undefined && <TextField label={`Type ${change.typed} to go on`} value={word} onChange={setWord} />}
    </FormDialog>
  );
}

function Progress({ application, title, id, onClose, onDone }: { application: string; title: string; id: string; onClose: () => void; onDone: (() => void) | undefined }) {
  const { data: task } = useQuery({ ...taskQuery(id), refetchInterval: (query) => (query.state.data && !RUNS.has(query.state.data.status) ? false : LOOK_EVERY) });
  const status = task?.status ?? 'NOT_STARTED';
  const done = useRef(onDone);
  useEffect(() => {
    if (RUNS.has(status)) return;
    refreshInfrastructure(application);
    if (status === 'SUCCEEDED') done.current?.();
  }, [application, status]);
  const failure = task && failureOf(task);
  return (
    <Dialog title={title} onClose={onClose} hasEnd>
      <div className={styles.progress}>
        <p className={styles.line} role="status">
          <StatusBadge status={status} />
          <span className="soft">
            <Duration from={task?.startTime} to={task?.endTime} />
          </span>
        </p>
        {/* It scrolls, so the keyboard has to reach it. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <ol className={styles.steps} aria-label="Steps" tabIndex={0}>
          {(task?.steps ?? []).map((step, index) => (
            // Each stage counts its steps from 1.
            <li key={index}>
              <Name>{step.name}</Name>
              <StatusBadge status={step.status} />
            </li>
          ))}
        </ol>
        {failure !== undefined && <Problem message={failure} />}
        {RUNS.has(status) && <p className="soft">It goes on when this is closed, and stands among the tasks.</p>}
        <div className={styles.actions}>
          <ButtonLink to="/applications/$application/tasks/$taskId" params={{ application, taskId: id }}>
            Open the task
          </ButtonLink>
          <Button look="primary" onPress={onClose} autoFocus>
            Close
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
