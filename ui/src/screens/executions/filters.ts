/** Which executions are shown: what stands in the address, by upstream's names, applied to the list. */
import { awaitsJudgment, type Execution, type PipelineConfig, type Status } from '../../gate/wire';
import { listOf, type Texts } from '../../app/search';

/** The names in the address. */
export const FILTERS = ['q', 'pipeline', 'status', 'awaitingJudgement', 'tags', 'count', 'group'] as const;

/** What the address says. */
export type Filters = Texts<(typeof FILTERS)[number]>;

/** Statuses that can be filtered by, with the words for them. */
export const STATUSES: readonly { value: Status; label: string }[] = [
  { value: 'RUNNING', label: 'Running' },
  { value: 'TERMINAL', label: 'Failed' },
  { value: 'SUCCEEDED', label: 'Succeeded' },
  { value: 'NOT_STARTED', label: 'Not started' },
  { value: 'CANCELED', label: 'Cancelled' },
  { value: 'STOPPED', label: 'Stopped' },
  { value: 'PAUSED', label: 'Paused' },
  { value: 'BUFFERED', label: 'In line' },
];

/** Whether an execution passes. */
export function passes(execution: Execution, filters: Filters): boolean {
  const pipelines = listOf(filters.pipeline);
  const statuses = listOf(filters.status);
  if (pipelines.length > 0 && !pipelines.includes(execution.name ?? '')) return false;
  if (statuses.length > 0 && !statuses.includes(execution.status)) return false;
  if (filters.awaitingJudgement === 'true' && !awaitsJudgment(execution)) return false;
  return hasWords(execution, filters.q);
}

function hasWords(execution: Execution, q: string | undefined): boolean {
  const wanted = (q ?? '').trim().toLowerCase();
  if (wanted === '') return true;
  const { trigger, authentication, id, name } = execution;
  const parameters = Object.entries(trigger.parameters ?? {}).map(([key, value]) => `${key}=${String(value)}`);
  const text = [id, name, trigger.user, authentication?.user, trigger.type, ...parameters, ...execution.stages.map((stage) => stage.name)];
  const all = text.filter(Boolean).join('\n').toLowerCase();
  return wanted.split(/\s+/).every((word) => all.includes(word));
}

/** A pipeline with its runs. */
export interface Group {
  readonly key: string;
  readonly name: string;
  /** Undefined where the pipeline was deleted. */
  readonly config?: PipelineConfig;
  readonly executions: readonly Execution[];
}

/**
 * The pipelines in their order, each with the runs that pass, the newest first; runs of deleted pipelines come last. With a
 * filter, pipelines without a run that passes are left out.
 */
export function groupsOf(executions: readonly Execution[], configs: readonly PipelineConfig[], filters: Filters): Group[] {
  const groups = new Map<string, { name: string; config?: PipelineConfig; executions: Execution[] }>();
  for (const config of configs) groups.set(config.id, { name: config.name, config, executions: [] });
  for (const execution of executions) {
    if (!passes(execution, filters)) continue;
    const key = execution.pipelineConfigId ?? execution.name ?? '';
    const known = groups.get(key);
    if (known) known.executions.push(execution);
    else groups.set(key, { name: execution.name ?? '(no name)', executions: [execution] });
  }
  const named = listOf(filters.pipeline);
  const filtered = isFiltered(filters);
  return [...groups]
    .map(([key, group]) => ({ key, ...group, executions: group.executions.toSorted((one, other) => bornOf(other) - bornOf(one)) }))
    .filter((group) => group.executions.length > 0 || (filtered ? named.includes(group.name) && isOnlyNamed(filters) : true));
}

/** Whether two groups show the same: events make new lists in which most runs are the ones that were there before. */
export function isSameGroup(one: Group, other: Group): boolean {
  return (
    one.key === other.key &&
    one.name === other.name &&
    one.config === other.config &&
    one.executions.length === other.executions.length &&
    one.executions.every((execution, index) => execution === other.executions[index])
  );
}

/** When it was asked for. */
export function bornOf(execution: Execution): number {
  return execution.startTime ?? execution.buildTime ?? 0;
}

/** Whether the address leaves anything out. */
export function isFiltered(filters: Filters): boolean {
  return Boolean(filters.q || filters.pipeline || filters.status || filters.awaitingJudgement === 'true');
}

function isOnlyNamed(filters: Filters): boolean {
  return !filters.q && !filters.status && filters.awaitingJudgement !== 'true';
}
