/** `.../jobs/jobDetails/PROVIDER/ACCOUNT/LOCATION/NAME`: a job, how it ended, and what it writes. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';

import type { Job } from '../../gate/cloud';
import { job as jobQuery } from '../../gate/jobs';
import { Answer, Loading } from '../../parts/States';
import { StatusBadge } from '../../parts/Status';
import { Name } from '../../parts/Text';
import { Ago, Duration } from '../../parts/Time';
import { AsJson, Facts, FieldsOf } from '../infrastructure/Facts';
import { Gone, Panel, Part } from '../infrastructure/Split';
import { stateOf } from './model';

const LiveOutput = lazy(() => import('../infrastructure/output/LiveOutput'));
const route = getRouteApi('/applications/$application/jobs/jobDetails/$provider/$account/$location/$name');
const TOLD = ['id', 'name', 'account', 'location', 'provider', 'moniker', 'jobState', 'createdTime', 'completedTime', 'completionDetails', 'insightActions', 'application', 'region', 'cloudProvider'];

/** The details. */
export function JobDetails() {
  const { application, account, location, name } = route.useParams();
  const query = useQuery(jobQuery(application, account, location, name));
  return (
    <Answer query={query} what="job" key={`${account} ${location} ${name}`}>
      {(job) => <Details application={application} job={job} />}
    </Answer>
  );
}

function Details({ application, job }: { application: string; job: Partial<Job> }) {
  const { provider, account, location, name } = route.useParams();
  const back = { to: '/applications/$application/jobs', application };
  // gate answers with an empty object where there is none; a cloud forgets what is over for long.
  if (job.id === undefined) return <Gone kind="Job" name={name} back={back} />;
  const state = stateOf(job);
  return (
    <Panel
      kind="Job"
      name={job.name ?? name}
      back={back}
      state={
        <StatusBadge status="NOT_STARTED" tone={state.tone}>
          {state.word}
        </StatusBadge>
      }
    >
      <Part title="What it is">
        <Facts
          facts={[
            ['Account', <Name key="a">{account}</Name>],
            ['Location', <Name key="l">{location}</Name>],
            ['Started', <Ago key="s" at={job.createdTime} />],
            ['Took', <Duration key="t" from={job.createdTime} to={job.completedTime} />],
          ]}
        />
        <FieldsOf of={job} without={TOLD} />
      </Part>
      {job.completionDetails && Object.keys(job.completionDetails).length > 0 && (
        <Part title="How it ended">
          <FieldsOf of={job.completionDetails} />
        </Part>
      )}
      <Part title="Output">
        <Suspense fallback={<Loading what="the output" />}>
          <LiveOutput source={{ account, region: location, provider, id: job.id }} />
        </Suspense>
      </Part>
      <Part title="Everything">
        <AsJson value={job} />
      </Part>
    </Panel>
  );
}
