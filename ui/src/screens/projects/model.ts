/** What a user types about a project, what is wrong with it, and how its dashboard is put together. */
import type { InstanceCounts, Project, ProjectDraft, RunningCluster } from '../../gate/projects';
import type { Execution, PipelineConfig } from '../../gate/wire';

/** A cluster in the form; no applications are all of the project. */
export interface ClusterDraft {
  account: string;
  stack: string;
  detail: string;
  applications: readonly string[];
}

/** The form. */
export interface Draft {
  name: string;
  email: string;
  applications: readonly string[];
  clusters: readonly ClusterDraft[];
  /** Ids of pipelines. */
  pipelines: readonly { application: string; pipelineConfigId: string }[];
}

/** An empty form. */
export const nothing: Draft = { name: '', email: '', applications: [], clusters: [], pipelines: [] };

/** The form of a project that there is. */
export function draftOf({ name, email, config }: Project): Draft {
  return {
    name,
    email: email ?? '',
    applications: config.applications ?? [],
    clusters: (config.clusters ?? []).map((one) => ({ account: one.account, stack: one.stack ?? '', detail: one.detail ?? '', applications: one.applications ?? [] })),
    pipelines: config.pipelineConfigs ?? [],
  };
}

/** What is sent; fields of the configuration that no form has are kept. */
export function sent(draft: Draft, given: Project | undefined): ProjectDraft {
  const clusters = draft.clusters.map(({ account, stack, detail, applications }) => ({
    account,
    stack: stack.trim() === '' ? null : stack.trim(),
    detail: detail.trim() === '' ? null : detail.trim(),
    applications: applications.length === 0 ? null : [...applications],
  }));
  return {
    ...(given ? { id: given.id } : {}),
    name: draft.name.trim(),
    email: draft.email.trim(),
    config: { ...given?.config, applications: [...draft.applications], clusters, pipelineConfigs: [...draft.pipelines] },
  };
}

/** What is wrong, by field: `name`, `clusters.0.account`. `taken` are the names of other projects. */
export function problems(draft: Draft, taken: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  const name = draft.name.trim();
  if (name === '') found['name'] = 'Give it a name.';
  // Addresses have the name in them.
  else if (/[\\^/?%#]/.test(name)) found['name'] = 'A name has none of \\ ^ / ? % #.';
  else if (taken.some((other) => other.toLowerCase() === name.toLowerCase())) found['name'] = 'There is a project of this name.';
  if (!/^[^\s@]+@[^\s@]+$/.test(draft.email.trim())) found['email'] = 'Write an address such as team@example.com.';
  draft.clusters.forEach((cluster, index) => {
    if (cluster.account === '') found[`clusters.${index}.account`] = 'Choose an account.';
    const strangers = cluster.applications.filter((application) => !draft.applications.includes(application));
    if (strangers.length > 0) found[`clusters.${index}.applications`] = `Not in the project: ${strangers.join(', ')}.`;
  });
  return found;
}

/** The form without an application, and without what is of it alone. */
export function withoutApplication(draft: Draft, application: string): Draft {
  return {
    ...draft,
    applications: draft.applications.filter((one) => one !== application),
    clusters: draft.clusters.map((cluster) => ({ ...cluster, applications: cluster.applications.filter((one) => one !== application) })),
    pipelines: draft.pipelines.filter((one) => one.application !== application),
  };
}

/** What a cluster of a project is called: `local: prod-*`. */
export function clusterName({ account, stack, detail }: Pick<RunningCluster, 'account' | 'stack' | 'detail'>): string {
  const part = (text: string | null): string => (text === '*' ? 'any' : text === null || text === '' ? 'none' : text);
  return `${account}, stack ${part(stack)}, detail ${part(detail)}`;
}

/** The regions that anything of a cluster runs in. */
export function regionsOf(cluster: RunningCluster): string[] {
  return [...new Set(cluster.applications.flatMap(({ clusters }) => clusters.map(({ region }) => region)))].toSorted();
}

/** What the parts of a bar of instances are. */
export function partsOf(counts: InstanceCounts): { tone: 'good' | 'bad' | 'waiting' | 'stopped' | 'idle'; weight: number; title: string }[] {
  const parts = [
    { tone: 'good' as const, weight: counts.up, title: `${counts.up} up` },
    { tone: 'bad' as const, weight: counts.down, title: `${counts.down} down` },
    { tone: 'waiting' as const, weight: counts.starting, title: `${counts.starting} starting` },
    { tone: 'stopped' as const, weight: counts.outOfService, title: `${counts.outOfService} out of service` },
    { tone: 'idle' as const, weight: counts.unknown, title: `${counts.unknown} unknown` },
  ];
  return parts.filter(({ weight }) => weight > 0);
}

/** A pipeline of a project with its newest runs. */
export interface PipelineRuns {
  readonly id: string;
  readonly application: string;
  /** As its newest run is called; undefined if it has not run. */
  readonly name: string | undefined;
  readonly runs: readonly Execution[];
}

/** The pipelines of a project in its order. */
export function pipelinesOf({ config }: Project, runs: readonly Execution[]): PipelineRuns[] {
  const born = (run: Execution): number => run.buildTime ?? run.startTime ?? 0;
  return (config.pipelineConfigs ?? []).map(({ application, pipelineConfigId }) => {
    const own = runs.filter((run) => run.pipelineConfigId === pipelineConfigId).toSorted((one, other) => born(other) - born(one));
    return { id: pipelineConfigId, application, name: own[0]?.name, runs: own };
  });
}

/** The pipelines that a form offers: those of its applications, by application and name. */
export function offered(pipelines: readonly Pick<PipelineConfig, 'id' | 'name' | 'application'>[], applications: readonly string[]): { id: string; name: string; application: string }[] {
  return pipelines
    .filter(({ application }) => applications.includes(application))
    .toSorted((one, other) => one.application.localeCompare(other.application) || one.name.localeCompare(other.name));
}
