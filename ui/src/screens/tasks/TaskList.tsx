/** `#/applications/A/tasks`: what was done to the application and its infrastructure, the newest first, live. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';

import { startOf, tasks, TASKS_SHOWN } from '../../gate/tasks';
import type { Task } from '../../gate/wire';
import { Button } from '../../parts/Button';
import { SearchField, Select } from '../../parts/Field';
import { Page } from '../../parts/Page';
import { Answer, Empty } from '../../parts/States';
import { StatusBadge } from '../../parts/Status';
import { type Column, Table } from '../../parts/Table';
import { Name } from '../../parts/Text';
import { Ago, Duration } from '../../parts/Time';
import { shownTasks, userOf } from './model';
import styles from './TaskList.module.css';

const route = getRouteApi('/applications/$application/tasks');
const STATUSES = [
  { value: '', label: 'All tasks' },
  { value: 'RUNNING', label: 'Running' },
  { value: 'SUCCEEDED', label: 'Succeeded' },
  { value: 'TERMINAL', label: 'Failed' },
  { value: 'CANCELED', label: 'Cancelled' },
] as const;

/** The screen. */
export function TaskList() {
  const { application } = route.useParams();
  const { q = '', status = '' } = route.useSearch();
  const query = useQuery(tasks(application));
  const navigate = useNavigate();
  const set = (change: { q?: string | undefined; status?: string | undefined }): void => {
    void navigate({ to: '/applications/$application/tasks', params: { application }, search: (before) => ({ ...before, ...change }), replace: true });
  };
  return (
    <Page label="Tasks">
      <div className={styles.tools}>
        <div className={styles.search}>
          <SearchField label="Search tasks" placeholder="Name, user, id" value={q} onChange={(next) => set({ q: next || undefined })} />
        </div>
        <div className={styles.status}>
          <Select label="Status" unlabelled options={STATUSES} value={status as (typeof STATUSES)[number]['value']} onChange={(next) => set({ status: next || undefined })} />
        </div>
      </div>
      <Answer query={query} what="tasks">
        {(all) => {
          const found = shownTasks(all, q, status);
          if (all.length === 0) {
            return (
              <Empty title="Nothing was done yet">What people and scripts do to the application and its infrastructure by hand stands here. What pipelines do stands with their runs.</Empty>
            );
          }
          if (found.length === 0) return <Empty title="No task matches" action={<Button onPress={() => set({ q: undefined, status: undefined })}>Show all</Button>} />;
          return (
            <>
              <Table label="Tasks" rows={found} columns={COLUMNS} keyOf={(row) => row.id} />
              {all.length >= TASKS_SHOWN && <p className="soft">These are the newest {TASKS_SHOWN}.</p>}
            </>
          );
        }}
      </Answer>
    </Page>
  );
}

const COLUMNS: Column<Task>[] = [
  {
    id: 'name',
    title: 'Task',
    width: 'minmax(14rem, 2.4fr)',
    cell: (row) => (
      <Link to="/applications/$application/tasks/$taskId" params={{ application: row.application ?? '', taskId: row.id }}>
        <Name>{row.name}</Name>
      </Link>
    ),
  },
  { id: 'status', title: 'Status', width: '8.5rem', cell: (row) => <StatusBadge status={row.status} /> },
  { id: 'user', title: 'By', width: 'minmax(6rem, 1fr)', optional: true, cell: (row) => <Name>{userOf(row)}</Name> },
  { id: 'started', title: 'Started', width: '7rem', cell: (row) => <Ago at={startOf(row)} /> },
  { id: 'took', title: 'Took', width: '6rem', align: 'end', cell: (row) => <Duration from={row.startTime} to={row.endTime} /> },
];
