/** `#/applications/A/tasks/ID`: a task, its steps, what it failed with, what it knows. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';

import { address, path } from '../../gate/http';
import { cancelTask, failureOf, startOf, task as taskQuery } from '../../gate/tasks';
import type { Task } from '../../gate/wire';
import { Back } from '../../parts/Back';
import { Button } from '../../parts/Button';
import { ConfirmDialog } from '../../parts/Dialog';
import { Long } from '../../parts/Long';
import { Menu } from '../../parts/Menu';
import { Page } from '../../parts/Page';
import { sentence } from '../../parts/sentence';
import { Answer, Problem } from '../../parts/States';
import { StatusBadge } from '../../parts/Status';
import { Name } from '../../parts/Text';
import { Duration, Moment } from '../../parts/Time';
import { toast } from '../../parts/Toasts';
import { userOf, variablesOf } from './model';
import styles from './TaskDetails.module.css';

const route = getRouteApi('/applications/$application/tasks/$taskId');

/** The screen. */
export function TaskDetails() {
  const { application, taskId } = route.useParams();
  const query = useQuery(taskQuery(taskId));
  return (
    <Page label="Task">
      <Answer query={query} what="task">
        {(task) => <Details application={application} task={task} />}
      </Answer>
    </Page>
  );
}

function Details({ application, task }: { application: string; task: Task }) {
  const [cancels, setCancels] = useState(false);
  const failure = failureOf(task);
  const variables = variablesOf(task);
  const runs = task.status === 'RUNNING' || task.status === 'NOT_STARTED' || task.status === 'PAUSED';
  return (
    <>
      <div className={styles.head}>
        <Back to="/applications/$application/tasks" params={{ application }} aria-label="All tasks" />
        <h2 className={styles.name}>
          <Name>{task.name}</Name>
        </h2>
        <StatusBadge status={task.status} />
        <span className="soft">
          <Duration from={task.startTime} to={task.endTime} />
        </span>
        <div className={styles.actions}>
          {runs && (
            <Button icon="stop" onPress={() => setCancels(true)}>
              Cancel …
            </Button>
          )}
          <Menu label="More" actions={[{ label: 'Open as JSON', icon: 'diagram', act: () => window.open(address(path('tasks', task.id)), '_blank', 'noopener') }]} />
        </div>
      </div>
      <p className="soft">
        Started <Moment at={startOf(task)} />
        {userOf(task) !== '' && (
          <>
            {' by '}
            <bdi>{userOf(task)}</bdi>
          </>
        )}
      </p>
      {failure !== undefined && <Problem message={failure} />}
      <section className={styles.panel} aria-label="Steps">
        <h3>Steps</h3>
        <ol>
          {(task.steps ?? []).map((step, index) => (
            // Each stage counts its steps from 1.
            <li key={index} className={styles.step}>
              <Name className={styles.stepName}>{step.name}</Name>
              <StatusBadge status={step.status} />
              <span className={styles.took}>
                <Duration from={step.startTime} to={step.endTime} />
              </span>
            </li>
          ))}
        </ol>
      </section>
      {variables.length > 0 && (
        <section className={styles.panel} aria-label="Variables">
          <h3>Variables</h3>
          <dl className={styles.variables}>
            {variables.map(({ key, value }) => (
              <div key={key}>
                <dt>
                  <bdi>{key}</bdi>
                </dt>
                <dd>
                  <Long as="pre">{value}</Long>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {cancels && (
        <ConfirmDialog
          title={sentence`Cancel ${task.name}`}
          action="Cancel the task"
          cancel="Let it run"
          onClose={() => setCancels(false)}
          onConfirm={async () => {
            await cancelTask(task.id);
            toast({ tone: 'info', text: 'The task is being cancelled.' });
          }}
        >
          <p>Its step that runs is stopped, the others do not start. What is done stays done.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
