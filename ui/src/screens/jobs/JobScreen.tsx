/** `#/applications/A/jobs`: what clouds run once for the application, the newest first, with the details of one beside the list. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useMatches, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';

import { useShortcuts } from '../../app/shortcuts';
import type { Job } from '../../gate/cloud';
import { GateError } from '../../gate/errors';
import { jobs } from '../../gate/jobs';
import { refreshInfrastructure } from '../../gate/serverGroups';
import { Button } from '../../parts/Button';
import { SearchField, Select } from '../../parts/Field';
import { Page } from '../../parts/Page';
import { Answer, Empty } from '../../parts/States';
import { StatusBadge } from '../../parts/Status';
import { type Column, Table } from '../../parts/Table';
import { Name } from '../../parts/Text';
import { Ago, Duration } from '../../parts/Time';
import { Freshness } from '../infrastructure/Freshness';
import { Split } from '../infrastructure/Split';
import tools from '../infrastructure/Tools.module.css';
import { shownJobs, stateOf } from './model';
import styles from './JobScreen.module.css';

const route = getRouteApi('/applications/$application/jobs');
const STATES = [
  { value: '', label: 'All jobs' },
  { value: 'Running', label: 'Running' },
  { value: 'Succeeded', label: 'Succeeded' },
  { value: 'Failed', label: 'Failed' },
] as const;

/** The screen. */
export function JobScreen() {
  const { application } = route.useParams();
  const { q = '', state = '', sort } = route.useSearch();
  const query = useQuery(jobs(application));
  const navigate = useNavigate();
  const open = useMatches({ select: (matches) => matches.some(({ routeId }) => /\/jobs\/./.test(routeId)) });
  const columns = useMemo(() => columnsOf(application), [application]);
  const set = (change: { q?: string | undefined; state?: string | undefined; sort?: string | undefined }): void => {
    void navigate({ to: '.', search: ((before: object) => ({ ...before, ...change })) as never, replace: true });
  };
  useShortcuts('Jobs', [{ keys: 'r', does: 'Ask anew', act: () => refreshInfrastructure(application) }]);
  if (query.error instanceof GateError && (query.error.kind === 'missing' || query.error.kind === 'unsupported')) {
    return (
      <Page label="Jobs">
        <Empty title="This gate lists no jobs">What a pipeline's stage has run stands with the pipeline's run.</Empty>
      </Page>
    );
  }
  return (
    <Page label="Jobs" full>
      <Split details={open ? <Outlet /> : null}>
        <Answer query={query} what="jobs">
          {(all) => {
            const shown = shownJobs(all, q, state);
            return (
              <>
                <div className={tools.tools}>
                  <div className={tools.search}>
                    <SearchField label="Search jobs" placeholder="Name, account" value={q} onChange={(next) => set({ q: next || undefined })} />
                  </div>
                  <div className={styles.state}>
                    <Select label="State" unlabelled options={STATES} value={state as (typeof STATES)[number]['value']} onChange={(next) => set({ state: next || undefined })} />
                  </div>
                  <Freshness query={query} application={application} />
                </div>
                {all.length === 0 ? (
                  <Empty title="No job has run">A job is a program that runs once; the pipeline stage Run Job starts one. What is over for long is forgotten by its cloud.</Empty>
                ) : shown.length === 0 ? (
                  <Empty title="No job matches" action={<Button onPress={() => set({ q: undefined, state: undefined })}>Show all</Button>} />
                ) : (
                  <Table label="Jobs" rows={shown} columns={columns} keyOf={(row) => `${row.account} ${row.location} ${row.id}`} sort={sort} onSort={(next) => set({ sort: next })} />
                )}
              </>
            );
          }}
        </Answer>
      </Split>
    </Page>
  );
}

function columnsOf(application: string): Column<Job>[] {
  return [
    {
      id: 'name',
      title: 'Job',
      width: 'minmax(10rem, 2fr)',
      by: ({ name }) => name,
      cell: (row) => (
        <Link
          to="/applications/$application/jobs/jobDetails/$provider/$account/$location/$name"
          params={{ application, provider: row.provider, account: row.account, location: row.location, name: row.name }}
          search={((before: object) => before) as never}
        >
          <Name>{row.name}</Name>
        </Link>
      ),
    },
    {
      id: 'state',
      title: 'State',
      width: '8.5rem',
      by: ({ jobState }) => jobState,
      cell: (row) => (
        <StatusBadge status="NOT_STARTED" tone={stateOf(row).tone}>
          {stateOf(row).word}
        </StatusBadge>
      ),
    },
    { id: 'account', title: 'Account', width: 'minmax(5rem, 1fr)', optional: true, by: ({ account }) => account, cell: (row) => <Name>{row.account}</Name> },
    { id: 'started', title: 'Started', width: '7rem', by: (row) => row.createdTime ?? 0, cell: (row) => <Ago at={row.createdTime} /> },
    { id: 'took', title: 'Took', width: '6rem', align: 'end', cell: (row) => <Duration from={row.createdTime} to={row.completedTime} /> },
  ];
}
