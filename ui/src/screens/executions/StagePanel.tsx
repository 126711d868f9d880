/** A stage of a run: how it is, what it waits for, what it failed with, its steps and their tasks, what it knows. */
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { messageOf } from '../../gate/errors';
import { patchStage, restartStage } from '../../gate/executions';
import type { Execution, Stage, StageTask } from '../../gate/wire';
import { Button } from '../../parts/Button';
import { ConfirmDialog } from '../../parts/Dialog';
import { Long } from '../../parts/Long';
import { Markdown } from '../../parts/Markdown';
import { isolated, sentence } from '../../parts/sentence';
import { StatusBadge } from '../../parts/Status';
import { Name } from '../../parts/Text';
import { Duration, Moment } from '../../parts/Time';
import { toast } from '../../parts/Toasts';
import { Judgment } from './Judgment';
import { linksOf } from './links';
import { expressionFailures, failuresOf, isOver, isRestartable, type StageGroup, toneOfStage, wordOfStage } from './stages';
import styles from './StagePanel.module.css';

/** The panel. `step` is which of its steps is open at first; nothing can be done to a past state. */
export function StagePanel({ execution, group, isPast, step }: { execution: Execution; group: StageGroup; isPast: boolean; step?: string | undefined }) {
  const { stage, steps } = group;
  const opened = steps[Number(step)] ?? steps.find(({ status }) => status === 'TERMINAL') ?? steps.find(({ status }) => status === 'RUNNING') ?? stage;
  return (
    <section className={styles.panel} aria-label={`Stage ${stage.name}`}>
      <header className={styles.head}>
        <h2>
          <Name>{stage.name}</Name>
        </h2>
        <span className={styles.type}>{stage.type}</span>
        <StatusBadge status={stage.status} tone={group.tone}>
          {wordOfStage(stage)}
        </StatusBadge>
        <span className="soft">
          <Duration from={stage.startTime} to={stage.endTime} />
        </span>
        {!isPast && <StageActions execution={execution} stage={stage} steps={steps} />}
      </header>
      {!isPast && steps.map((one) => one.type === 'manualJudgment' && one.status === 'RUNNING' && <Judgment key={one.id} execution={execution} stage={one} />)}
      <Comments stage={stage} />
      <Failures steps={steps} />
      <Links steps={steps} />
      {steps.length > 1 ? (
        <ol className={styles.steps}>
          {steps.map((one) => (
            <li key={one.id}>
              <details open={one === opened}>
                <summary>
                  <Name className={styles.stepName}>{one.name}</Name>
                  <StatusBadge status={one.status} tone={toneOfStage(one)}>
                    {wordOfStage(one)}
                  </StatusBadge>
                  <span className="soft">
                    <Duration from={one.startTime} to={one.endTime} />
                  </span>
                </summary>
                <Step stage={one} />
              </details>
            </li>
          ))}
        </ol>
      ) : (
        <Step stage={stage} />
      )}
    </section>
  );
}

function Comments({ stage }: { stage: Stage }) {
  const comments = stage.context['comments'];
  const judged = stage.type === 'manualJudgment' && stage.status !== 'RUNNING' && stage.context['judgmentStatus'];
  const input = stage.context['judgmentInput'];
  return (
    <>
      {typeof comments === 'string' && comments !== '' && (
        <div className={styles.comments}>
          <Markdown>{comments}</Markdown>
        </div>
      )}
      {judged && (
        <p className={styles.comments}>
          Answered <strong>{String(judged)}</strong>
          {typeof input === 'string' && input !== '' && (
            <>
              {' '}
              with <bdi>{input}</bdi>
            </>
          )}
          {stage.lastModified?.user && (
            <>
              {' '}
              by <bdi>{stage.lastModified.user}</bdi>
            </>
          )}
          .
        </p>
      )}
    </>
  );
}

function StageActions({ execution, stage, steps }: { execution: Execution; stage: Stage; steps: readonly Stage[] }) {
  const [asks, setAsks] = useState<'restart' | Stage>();
  const waiting = steps.find((one) => one.status === 'RUNNING' && (one.type === 'wait' || one.type === 'restrictExecutionDuringTimeWindow'));
  const follow = execution.stages.filter((one) => (one.requisiteStageRefIds ?? []).includes(stage.refId ?? '')).map((one) => one.name);
  const close = (): void => setAsks(undefined);
  return (
    <div className={styles.actions}>
      {waiting && (
        <Button icon="skip" onPress={() => setAsks(waiting)}>
          {waiting.type === 'wait' ? 'Skip the wait' : 'Skip the time window'}
        </Button>
      )}
      {isRestartable(stage) && (
        <Button icon="restart" onPress={() => setAsks('restart')}>
          Restart from here
        </Button>
      )}
      {asks === 'restart' && (
        <ConfirmDialog
          title={sentence`Restart from ${stage.name}`}
          action="Restart"
          onClose={close}
          onConfirm={async () => {
            await restartStage(execution.id, stage.id);
            toast({ tone: 'good', text: sentence`${stage.name} runs once more.` });
          }}
        >
          <p>
            {isolated(stage.name)} runs once more{follow.length > 0 ? `, and then ${follow.map(isolated).join(', ')}` : ''}. What it did before is not undone first.
          </p>
          {!isOver(execution.status) && <p>The run is not over; the stage joins what goes on.</p>}
        </ConfirmDialog>
      )}
      {typeof asks === 'object' && (
        <ConfirmDialog
          title={sentence`Skip what ${asks.name} waits for`}
          action="Skip"
          onClose={close}
          onConfirm={async () => {
            await patchStage(execution.id, asks.id, { skipRemainingWait: true });
            toast({ tone: 'good', text: 'It waits no longer.' });
          }}
        >
          <p>The run goes on at once.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

function Failures({ steps }: { steps: readonly Stage[] }) {
  const unevaluated = steps.flatMap(expressionFailures);
  const expressions = new Map(unevaluated.map((one) => [one.expression, one]));
  // What an expression's failure says is said once, with the expression.
  const said = new Set(unevaluated.flatMap(({ reasons }) => reasons));
  const failures = [...new Set(steps.flatMap(failuresOf))].filter((failure) => !said.has(failure));
  if (failures.length === 0 && expressions.size === 0) return null;
  return (
    <div className={styles.failures} role="note" aria-label="What it failed with">
      {failures.map((failure) => (
        <Long key={failure} as="p">
          {failure}
        </Long>
      ))}
      {expressions.size > 0 && (
        <>
          <h3>Expressions that could not be evaluated</h3>
          <dl>
            {[...expressions.values()].map(({ expression, reasons }) => (
              <div key={expression}>
                <dt>
                  <code>{expression}</code>
                </dt>
                <Long as="dd">{reasons.join(' ')}</Long>
              </div>
            ))}
          </dl>
        </>
      )}
    </div>
  );
}

function Links({ steps }: { steps: readonly Stage[] }) {
  const links = linksOf(steps);
  if (links.length === 0) return null;
  return (
    <ul className={styles.links} aria-label="Links">
      {links.map((link) => (
        <li key={link.text}>
          {link.kind === 'run' ? (
            <Link to="/applications/$application/executions/details/$executionId" params={{ application: link.application, executionId: link.id }}>
              <bdi>{link.text}</bdi>
            </Link>
          ) : (
            <a href={link.url} target="_blank" rel="noreferrer">
              <bdi>{link.text}</bdi>
            </a>
          )}
        </li>
      ))}
    </ul>
  );
}

function Step({ stage }: { stage: Stage }) {
  return (
    <div className={styles.step}>
      {(stage.tasks ?? []).length > 0 && <Tasks tasks={stage.tasks ?? []} />}
      <p className={styles.times}>
        Started <Moment at={stage.startTime} />
        {stage.endTime && (
          <>
            , ended <Moment at={stage.endTime} />
          </>
        )}
      </p>
      <Known title="Context" value={stage.context} />
      <Known title="Outputs" value={stage.outputs ?? {}} />
    </div>
  );
}

function Tasks({ tasks }: { tasks: readonly StageTask[] }) {
  return (
    <table className={styles.tasks}>
      <thead>
        <tr>
          <th scope="col">Task</th>
          <th scope="col">Status</th>
          <th scope="col">Time</th>
        </tr>
      </thead>
      <tbody>
        {tasks.map((task) => (
          <tr key={task.id}>
            <td>
              <bdi>{task.name}</bdi>
            </td>
            <td>
              <StatusBadge status={task.status} />
            </td>
            <td>
              <Duration from={task.startTime} to={task.endTime} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** An object as JSON, written only when it is opened. */
function Known({ title, value }: { title: string; value: Record<string, unknown> }) {
  const [open, setOpen] = useState(false);
  const count = Object.keys(value).length;
  if (count === 0) return null;
  const copy = (): void => {
    void navigator.clipboard.writeText(JSON.stringify(value, null, 2)).then(
      () => toast({ tone: 'good', text: `${title} is copied.` }),
      (error: unknown) => toast({ tone: 'bad', text: messageOf(error) }),
    );
  };
  return (
    <details className={styles.known} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {title} <span className="soft number">{count}</span>
      </summary>
      {open && (
        <>
          <Button look="quiet" icon="copy" onPress={copy}>
            Copy
          </Button>
          {/* A long text has to be reached by keyboard to be scrolled. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre tabIndex={0} aria-label={title}>
            {JSON.stringify(value, null, 2)}
          </pre>
        </>
      )}
    </details>
  );
}
