/** `#/applications/A/executions/details/ID`: one run, its graph, and the stage that is looked at. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { useShortcuts } from '../../app/shortcuts';
import { pipelineConfigs } from '../../gate/configs';
import { execution as executionQuery } from '../../gate/executions';
import { awaitsJudgment, type Execution } from '../../gate/wire';
import { Back } from '../../parts/Back';
import { Button } from '../../parts/Button';
import { Long } from '../../parts/Long';
import { Menu } from '../../parts/Menu';
import { Page } from '../../parts/Page';
import { Answer } from '../../parts/States';
import { RunBadge } from '../../parts/Status';
import { Name } from '../../parts/Text';
import { Duration, Moment } from '../../parts/Time';
import { Comparison } from './Comparison';
import styles from './ExecutionDetails.module.css';
import { ExecutionGraph } from './ExecutionGraph';
import { RunDialog } from './RunDialog';
import { StagePanel } from './StagePanel';
import { chosenGroup, groupsOf, interestingGroup, type StageGroup } from './stages';
import { TimeMachine } from './TimeMachine';
import { causeOf, parametersOf, parentOf } from './trigger';
import { useSteering } from './useSteering';

const route = getRouteApi('/applications/$application/executions/details/$executionId');

/** The screen. */
export function ExecutionDetails() {
  const { executionId } = route.useParams();
  const { at } = route.useSearch();
  const moment = at === undefined ? undefined : Number(at) || undefined;
  // Of the same run, while another moment of it is asked for.
  const query = useQuery({ ...executionQuery(executionId, moment), placeholderData: (before) => (before?.id === executionId ? before : undefined) });
  return (
    <Page label="Execution">
      <Answer query={query} what="execution">
        {(known) => <Details execution={known} at={moment} />}
      </Answer>
    </Page>
  );
}

function Details({ execution, at }: { execution: Execution; at: number | undefined }) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const [repeats, setRepeats] = useState(false);
  const groups = groupsOf(execution.stages);
  const chosen = chosenGroup(groups, search) ?? interestingGroup(groups);
  const compare = (other: string | undefined): void => {
    void navigate({
      to: '/applications/$application/executions/details/$executionId',
      params: { application: execution.application, executionId: execution.id },
      search: (before) => ({ ...before, with: other }),
      replace: true,
      resetScroll: false,
    });
  };
  const choose = (group: StageGroup | undefined): void => {
    if (!group) return;
    void navigate({
      to: '/applications/$application/executions/details/$executionId',
      params: { application: execution.application, executionId: execution.id },
      search: (before) => ({ ...before, stage: String(group.index), stageId: undefined, refId: undefined, step: undefined }),
      replace: true,
      resetScroll: false,
    });
  };
  useShortcuts('Execution', [
    { keys: 'j', does: 'Next stage', act: () => choose(groups[(chosen?.index ?? -1) + 1]) },
    { keys: 'k', does: 'Stage before', act: () => choose(groups[(chosen?.index ?? 1) - 1]) },
  ]);
  return (
    <>
      <Head execution={execution} onRepeat={() => setRepeats(true)} />
      <Facts execution={execution} />
      {search.with !== undefined && <Comparison execution={execution} other={search.with} onChoose={compare} />}
      <TimeMachine execution={execution} at={at} />
      {groups.length > 0 && <ExecutionGraph groups={groups} current={chosen?.stage.id} onChoose={choose} />}
      {chosen && <StagePanel key={chosen.stage.id} execution={execution} group={chosen} isPast={at !== undefined} step={search.step} />}
      {repeats && <RunDialog application={execution.application} start={{ like: execution }} onClose={() => setRepeats(false)} />}
    </>
  );
}

function Head({ execution, onRepeat }: { execution: Execution; onRepeat: () => void }) {
  const { application } = execution;
  const configs = useQuery(pipelineConfigs(application));
  const config = configs.data?.find(({ id }) => id === execution.pipelineConfigId);
  const steering = useSteering(execution, config && !config.disabled ? onRepeat : undefined);
  const action = (label: string) => steering.actions.find((one) => one.label === label);
  const shown = ['Pause', 'Resume', 'Cancel …'].flatMap((label) => action(label) ?? []);
  return (
    <div className={styles.head}>
      <Back to="/applications/$application/executions" params={{ application }} aria-label="All executions" />
      <h2 className={styles.name}>
        <Name>{execution.name ?? execution.id}</Name>
      </h2>
      <RunBadge status={execution.status} awaitsJudgment={awaitsJudgment(execution)} />
      <span className="soft">
        <Duration from={execution.startTime} to={execution.endTime} />
      </span>
      <div className={styles.actions}>
        {shown.map(({ label, icon, act }) => (
          <Button key={label} {...(icon ? { icon } : {})} onPress={act}>
            {label}
          </Button>
        ))}
        <Menu label="More that can be done to this run" actions={steering.actions.filter((one) => !shown.includes(one))} />
      </div>
      {steering.dialog}
    </div>
  );
}

function Facts({ execution }: { execution: Execution }) {
  const { trigger, application } = execution;
  const parameters = parametersOf(trigger);
  const parent = parentOf(trigger);
  const paused = execution.paused && !execution.paused.resumeTime ? execution.paused : undefined;
  return (
    <dl className={styles.facts}>
      <div>
        <dt>Started</dt>
        <dd>
          <Moment at={execution.startTime ?? execution.buildTime} />, <bdi>{causeOf(execution)}</bdi>
        </dd>
      </div>
      {execution.endTime && (
        <div>
          <dt>Ended</dt>
          <dd>
            <Moment at={execution.endTime} />
          </dd>
        </div>
      )}
      {parent && (
        <div>
          <dt>Started by the run</dt>
          <dd>
            <Link to="/applications/$application/executions/details/$executionId" params={{ application: parent.application ?? application, executionId: parent.id }}>
              <Name>{parent.name ?? parent.id}</Name>
            </Link>
          </dd>
        </div>
      )}
      {execution.canceled && (
        <div>
          <dt>Cancelled by</dt>
          <dd>
            <bdi>{execution.canceledBy ?? 'somebody'}</bdi>
            {execution.cancellationReason && (
              <>
                : <bdi className={styles.reason}>{execution.cancellationReason}</bdi>
              </>
            )}
          </dd>
        </div>
      )}
      {paused && (
        <div>
          <dt>Paused by</dt>
          <dd>
            <bdi>{paused.pausedBy ?? 'somebody'}</bdi>, <Moment at={paused.pauseTime} />
          </dd>
        </div>
      )}
      {parameters.map(({ name, value }) => (
        <div key={name}>
          <dt>
            <bdi>{name}</bdi>
          </dt>
          <dd>
            <Long as="code" className={styles.value}>
              <bdi>{value === '' ? '(empty)' : value}</bdi>
            </Long>
          </dd>
        </div>
      ))}
    </dl>
  );
}
