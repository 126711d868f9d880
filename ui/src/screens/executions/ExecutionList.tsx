/** `#/applications/A/executions`: the pipelines with their newest runs, live; filters stand in the address. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { memo, useCallback, useDeferredValue, useMemo, useState } from 'react';

import { useCommands } from '../../app/Palette';
import { toggled } from '../../app/search';
import { useShortcuts } from '../../app/shortcuts';
import { pipelineConfigs, strategyConfigs } from '../../gate/configs';
import { GateError } from '../../gate/errors';
import { executions, SHOWN_EACH } from '../../gate/executions';
import { useFailure } from '../../gate/failing';
import { path } from '../../gate/http';
import type { Execution, PipelineConfig } from '../../gate/wire';
import { Button, ButtonLink } from '../../parts/Button';
import { SearchField, Select } from '../../parts/Field';
import { Page } from '../../parts/Page';
import { RowButton, RowLink } from '../../parts/Row';
import { sentence } from '../../parts/sentence';
import { Answer, Empty, Failure } from '../../parts/States';
import { Name } from '../../parts/Text';
import styles from './ExecutionList.module.css';
import { ExecutionRow } from './ExecutionRow';
import { type Filters, type Group, groupsOf, isFiltered, isSameGroup, STATUSES } from './filters';
import { RunDialog, type Start } from './RunDialog';
import { walkRuns } from './walkRuns';

const route = getRouteApi('/applications/$application/executions');
const EACH = 5;

/** The screen. */
export function ExecutionList() {
  const { application } = route.useParams();
  const filters = route.useSearch();
  const navigate = useNavigate();
  const each = Number(filters.count) || EACH;
  // What is typed into the search is not held up by the list; what changes is shown at once.
  const q = useDeferredValue(filters.q);
  const runs = useQuery(executions(application, each));
  const configs = useQuery(pipelineConfigs(application));
  const [start, setStart] = useState<Start | undefined>(filters.startManualExecution === undefined ? undefined : { pipelineId: filters.startManualExecution });
  const set = useCallback(
    (change: Filters): void => {
      void navigate({ to: '/applications/$application/executions', params: { application }, search: (before) => ({ ...before, ...change }), replace: true });
    },
    [application, navigate],
  );
  const choose = useCallback(() => setStart({}), []);
  useShortcuts('Executions', [
    { keys: 's', does: 'Start a pipeline', act: () => setStart({}) },
    { keys: 'c', does: 'Create a pipeline', act: () => void navigate({ to: '/applications/$application/executions/create', params: { application } }) },
    { keys: 'x', does: 'Show all again: no filters', act: () => set(NO_FILTERS) },
    { keys: 'j', does: 'To the next run', act: () => walkRuns(1) },
    { keys: 'k', does: 'To the run before', act: () => walkRuns(-1) },
  ]);
  useCommands(
    useMemo(
      () => [
        ...(configs.data ?? [])
          .filter(({ disabled }) => !disabled)
          .map(({ id, name }) => ({ id: `start ${id}`, title: sentence`Start ${name}`, kind: `In ${application}`, icon: 'play' as const, act: () => setStart({ pipelineId: id }) })),
        ...(configs.data ?? []).map(({ id, name }) => ({
          id: `configure ${id}`,
          title: sentence`Configure ${name}`,
          kind: `In ${application}`,
          icon: 'edit' as const,
          act: () => void navigate({ to: '/applications/$application/executions/configure/$pipelineId', params: { application, pipelineId: id } }),
        })),
        { id: 'create pipeline', title: 'Create a pipeline', kind: `In ${application}`, icon: 'plus' as const, act: () => void navigate({ to: '/applications/$application/executions/create', params: { application } }) },
      ],
      [application, configs.data, navigate],
    ),
  );
  return (
    <Page label="Executions">
      <Tools application={application} filters={filters} each={each} configs={configs.data ?? NONE} onChange={set} onStart={choose} />
      <Answer query={configs} what="pipelines">
        {(known) => (
          <Answer query={runs} what="executions">
            {(all) => <Groups application={application} groups={groupsOf(all, known, { ...filters, q } as Filters)} filters={filters} onReset={() => set(NO_FILTERS)} onStart={setStart} />}
          </Answer>
        )}
      </Answer>
      <Strategies application={application} />
      {start && <RunDialog application={application} start={start} onClose={() => setStart(undefined)} />}
    </Page>
  );
}

const NONE: readonly PipelineConfig[] = [];
const NO_FILTERS: Filters = { q: undefined, pipeline: undefined, status: undefined, awaitingJudgement: undefined } as Filters;

/** Runs come and go without it: its choices cost as much as a dozen of them. */
const Tools = memo(function Tools({
  application,
  filters,
  each,
  configs,
  onChange,
  onStart,
}: {
  application: string;
  filters: Filters;
  each: number;
  configs: readonly PipelineConfig[];
  onChange: (change: Filters) => void;
  onStart: () => void;
}) {
  const states = (filters.status ?? '').split(',');
  const awaiting = filters.awaitingJudgement === 'true';
  return (
    <div className={styles.tools}>
      <div className={styles.search}>
        <SearchField label="Search executions" placeholder="Pipeline, stage, user, parameter=value" value={filters.q ?? ''} onChange={(q) => onChange({ q: q || undefined } as Filters)} />
      </div>
      <div className={styles.chips} role="group" aria-label="How they are">
        {STATUSES.slice(0, 3).map(({ value, label }) => (
          <Chip key={value} label={label} on={states.includes(value)} onToggle={() => onChange({ status: toggled(filters.status, value) } as Filters)} />
        ))}
        <Chip label="Awaits judgment" on={awaiting} onToggle={() => onChange({ awaitingJudgement: awaiting ? undefined : 'true' } as Filters)} />
        <MoreStatuses states={states} onToggle={(value) => onChange({ status: toggled(filters.status, value) } as Filters)} />
      </div>
      {configs.length > 1 && (
        <div className={styles.pick}>
          <Select
            label="Pipeline"
            unlabelled
            placeholder="All pipelines"
            options={[{ value: '', label: 'All pipelines' }, ...configs.map(({ name }) => ({ value: name, label: name }))]}
            value={filters.pipeline === undefined ? '' : filters.pipeline.replaceAll('%2C', ',')}
            onChange={(name) => onChange({ pipeline: name === '' ? undefined : name.replaceAll(',', '%2C') } as Filters)}
          />
        </div>
      )}
      <div className={styles.each}>
        <Select
          label="Runs of each pipeline"
          unlabelled
          options={SHOWN_EACH.map((count) => ({ value: String(count), label: `${count} each` }))}
          value={String(each)}
          onChange={(count) => onChange({ count: Number(count) === EACH ? undefined : count } as Filters)}
        />
      </div>
      <div className={styles.start}>
        <ButtonLink icon="plus" to="/applications/$application/executions/create" params={{ application }}>
          Create
        </ButtonLink>
        <Button look="primary" icon="play" onPress={onStart} isDisabled={configs.length === 0}>
          Start …
        </Button>
      </div>
    </div>
  );
});

function Chip({ label, on, onToggle }: { label: string; on: boolean; onToggle: () => void }) {
  return (
    <button type="button" className={styles.chip} aria-pressed={on} onClick={onToggle}>
      {label}
    </button>
  );
}

function MoreStatuses({ states, onToggle }: { states: readonly string[]; onToggle: (value: string) => void }) {
  const [open, setOpen] = useState(false);
  const rest = STATUSES.slice(3);
  const shown = open ? rest : rest.filter(({ value }) => states.includes(value));
  return (
    <>
      {shown.map(({ value, label }) => (
        <Chip key={value} label={label} on={states.includes(value)} onToggle={() => onToggle(value)} />
      ))}
      <button type="button" className={styles.moreChips} aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? 'less' : 'more'}
      </button>
    </>
  );
}

function Groups({ application, groups, filters, onReset, onStart }: { application: string; groups: readonly Group[]; filters: Filters; onReset: () => void; onStart: (start: Start) => void }) {
  if (groups.length === 0) {
    return isFiltered(filters) ? (
      <Empty title="No run matches" action={<Button onPress={onReset}>Show all</Button>}>
        The filters leave nothing over. Older runs than the newest of each pipeline are not looked through: raise their number.
      </Empty>
    ) : (
      <Empty
        title="There is no pipeline yet"
        action={
          <ButtonLink look="primary" icon="plus" to="/applications/$application/executions/create" params={{ application }}>
            Create a pipeline
          </ButtonLink>
        }
      >
        A pipeline is a graph of stages that delivers this application.
      </Empty>
    );
  }
  return (
    <div className={styles.groups}>
      {groups.map((group) => (
        <PipelineGroup key={group.key} application={application} group={group} onStart={onStart} />
      ))}
    </div>
  );
}

interface GroupProps {
  application: string;
  group: Group;
  onStart: (start: Start) => void;
}

/** An event changes one run of one pipeline: only that is drawn anew. */
const PipelineGroup = memo(GroupOfRuns, (before: GroupProps, now: GroupProps) => before.application === now.application && before.onStart === now.onStart && isSameGroup(before.group, now.group));

function GroupOfRuns({ application, group, onStart }: GroupProps) {
  const { name, config, executions: runs, key } = group;
  const repeat = useCallback((execution: Execution) => onStart({ like: execution, pipelineId: key }), [onStart, key]);
  return (
    <section className={styles.group} aria-label={name}>
      <header className={styles.head}>
        <h2>
          <Name>{name}</Name>
        </h2>
        {!config && <span className={styles.note}>deleted</span>}
        {config?.disabled && <span className={styles.note}>disabled</span>}
        <Triggers config={config} />
        {config && (
          <RowLink icon="edit" label={`Configure ${name}`} to={path('applications', application, 'executions', 'configure', config.id)}>
            <span className={styles.word}>Configure</span>
          </RowLink>
        )}
        {config && !config.disabled && (
          <RowButton icon="play" label={`Start ${name}`} onPress={() => onStart({ pipelineId: key })}>
            <span className={styles.word}>Start</span>
          </RowButton>
        )}
      </header>
      {runs.length === 0 ? (
        <p className={styles.none}>It has not run yet.</p>
      ) : (
        <ul>
          {runs.map((execution) => (
            <ExecutionRow key={execution.id} execution={execution} onRepeat={config ? repeat : undefined} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Triggers({ config }: { config: PipelineConfig | undefined }) {
  const all = config?.triggers ?? [];
  if (all.length === 0) return <span className={styles.triggers} />;
  const words = [...new Set(all.map((trigger) => String(trigger['type'] ?? 'trigger') + (trigger['enabled'] === false ? ' (off)' : '')))];
  return <span className={styles.triggers}>{words.join(', ')}</span>;
}

/** Deployment strategies that users wrote; they run within deployments, so that they have no runs of their own here. */
function Strategies({ application }: { application: string }) {
  const query = useQuery(strategyConfigs(application));
  const failure = useFailure(query);
  if (failure instanceof GateError && failure.isPassing) return <Failure error={failure} what="deployment strategies" />;
  const all = query.data ?? [];
  if (all.length === 0) return null;
  return (
    <section className={styles.group} aria-label="Deployment strategies">
      <header className={styles.head}>
        <h2>Deployment strategies</h2>
      </header>
      <ul className={styles.strategies}>
        {all.map(({ id, name }) => (
          <li key={id}>
            <Link to="/applications/$application/executions/configure/$pipelineId" params={{ application, pipelineId: id }}>
              <Name>{name}</Name>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
