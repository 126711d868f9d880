/** `#/search?q=`: everything that has a name, as one types, in groups; what is chosen stands in the address. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';

import { ranked } from '../../app/rank';
import { applications } from '../../gate/applications';
import { advice, GateError, messageOf } from '../../gate/errors';
import { useFailure } from '../../gate/failing';
import { projects } from '../../gate/projects';
import { byId, foundBy, type FoundKind, pipelineNames } from '../../gate/search';
import { Button } from '../../parts/Button';
import { SearchField, Select } from '../../parts/Field';
import { Page } from '../../parts/Page';
import { Empty, Loading, Problem } from '../../parts/States';
import { Name } from '../../parts/Text';
import { hitOf, INFRASTRUCTURE, KINDS, looksLikeId, type Hit, valuesOf, within } from './model';
import styles from './Search.module.css';
import { useSettled } from './useSettled';

const route = getRouteApi('/search');
/** How many of each kind stand side by side, and of one kind alone. */
const FEW = 8;
const MANY = 500;
/** How long nothing was typed before gate is asked, in milliseconds. */
const PAUSE = 200;

interface Group {
  readonly kind: string;
  readonly label: string;
  readonly hits: readonly Hit[];
  readonly total: number;
  readonly isLoading: boolean;
  /** Why it could not be searched, as long as nothing of it is known; null if it could. */
  readonly error: unknown;
}

/** The screen. */
export function Search() {
  const { q = '', tab, account, region } = route.useSearch();
  const navigate = useNavigate();
  const set = (change: { q?: string | undefined; tab?: string | undefined; account?: string | undefined; region?: string | undefined }): void => {
    void navigate({ to: '/search', search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  };
  const wanted = q.trim();
  const groups = useGroups(wanted, tab);
  const narrowed = groups.map((group) => {
    if (account === undefined && region === undefined) return group;
    const hits = within(group.hits, account, region);
    return { ...group, hits, total: hits.length };
  });
  const shown = narrowed.filter(({ kind }) => tab === undefined || kind === tab);
  const found = shown.filter(({ hits }) => hits.length > 0);
  const failing = shown.filter(({ error }) => error !== null);
  const isLoading = shown.some((group) => group.isLoading);
  const infrastructure = groups.flatMap(({ hits }) => hits);
  return (
    <Page title="Search">
      <div className={styles.field}>
        <SearchField label="Search everything" placeholder="Name, or the id of a run or a task" value={q} onChange={(next) => set({ q: next || undefined })} autoFocus />
      </div>
      {wanted === '' ? (
        <Empty title="What are you looking for?">Applications, pipelines, projects, clusters, server groups, instances, load balancers and firewalls are found by a part of their name, runs and tasks by their id.</Empty>
      ) : (
        <>
          <div className={styles.tools}>
            <div className={styles.tabs} role="group" aria-label="Kinds">
              <Chip label="All" on={tab === undefined} onPress={() => set({ tab: undefined })} />
              {narrowed.map(({ kind, label, total }) => (
                <Chip key={kind} label={label} count={total} on={tab === kind} onPress={() => set({ tab: tab === kind ? undefined : kind })} />
              ))}
            </div>
            <Filter label="Account" values={valuesOf(infrastructure, 'account')} value={account} onChange={(next) => set({ account: next })} />
            <Filter label="Region" values={valuesOf(infrastructure, 'region')} value={region} onChange={(next) => set({ region: next })} />
          </div>
          <p className="unseen" role="status">
            {isLoading ? 'Searching' : `${found.reduce((sum, { total }) => sum + total, 0)} found`}
          </p>
          {found.map((group) => (
            <GroupOf key={group.kind} group={group} isAlone={tab !== undefined} onAll={() => set({ tab: group.kind })} />
          ))}
          {failing.length > 0 && <Unsearched groups={failing} />}
          {isLoading && failing.length === 0 && <Loading what="what matches" />}
          {found.length === 0 &&
            !isLoading &&
            failing.length === 0 && (
              <Empty
                title="Nothing matches"
                action={
                  (tab ?? account ?? region) !== undefined && (
                    <Button onPress={() => set({ tab: undefined, account: undefined, region: undefined })}>Search everywhere</Button>
                  )
                }
              >
                Nothing has “{wanted}” in its name.
              </Empty>
            )}
        </>
      )}
    </Page>
  );
}

/** All groups for a text. One kind alone is asked for in full. */
function useGroups(wanted: string, tab: string | undefined): Group[] {
  const text = useSettled(wanted, PAUSE);
  const known = useQuery(applications);
  const all = useQuery(projects);
  const pipelines = useQuery({ ...pipelineNames, enabled: text !== '' });
  const run = useQuery({ ...byId(text), enabled: looksLikeId(text) });
  const runFails = useFailure(run);
  const infrastructure = INFRASTRUCTURE.map(({ kind }) => kind);
  const answers: Record<string, Omit<Group, 'kind' | 'label'>> = {
    clusters: useInfrastructure(text, 'clusters', tab),
    serverGroups: useInfrastructure(text, 'serverGroups', tab),
    instances: useInfrastructure(text, 'instances', tab),
    loadBalancers: useInfrastructure(text, 'loadBalancers', tab),
    securityGroups: useInfrastructure(text, 'securityGroups', tab),
  };
  answers['applications'] = useNamed(known, wanted, tab === 'applications', ({ name, email }) => ({
    key: name,
    title: name,
    place: email ?? '',
    to: `/applications/${encodeURIComponent(name)}`,
  }));
  answers['projects'] = useNamed(all, wanted, tab === 'projects', ({ id, name, email }) => ({
    key: id,
    title: name,
    place: email ?? '',
    to: `/projects/${encodeURIComponent(name)}/dashboard`,
  }));
  answers['pipelines'] = useNamed(pipelines, wanted, tab === 'pipelines', ({ id, name, application }) => ({
    key: id,
    title: name,
    place: application,
    to: `/applications/${encodeURIComponent(application)}/executions?${new URLSearchParams({ pipeline: name.replaceAll(',', '%2C') }).toString()}`,
  }));
  const one: Hit[] = run.data && looksLikeId(text) ? [{ key: text, title: run.data.name, place: `${run.data.application} · ${text}`, to: `/${run.data.kind === 'task' ? 'tasks' : 'executions'}/${text}` }] : [];
  answers['executions'] = { hits: one, total: one.length, isLoading: run.isFetching, error: runFails };
  const isTyping = text !== wanted;
  return KINDS.map(({ kind, label }) => {
    const answer = answers[kind] ?? { hits: [], total: 0, isLoading: false, error: null };
    return { kind, label, ...answer, isLoading: answer.isLoading || (isTyping && (infrastructure as string[]).includes(kind)) };
  });
}

function useInfrastructure(text: string, kind: FoundKind, tab: string | undefined): Omit<Group, 'kind' | 'label'> {
  const query = useQuery(foundBy(text, kind, tab === kind ? MANY : FEW));
  const error = useFailure(query);
  const data = text === '' ? undefined : query.data;
  return useMemo(() => {
    // Instances of a server group stand in several balancers: each once.
    const hits = [...new Map((data?.results ?? []).map((found) => [hitOf(kind, found).key, hitOf(kind, found)])).values()];
    return { hits, total: Math.max(data?.total ?? 0, hits.length), isLoading: query.isFetching, error };
  }, [data, kind, query.isFetching, error]);
}

function useNamed<T extends { name: string }>(
  query: { data?: readonly T[] | undefined; isFetching: boolean; isPending: boolean; error: unknown; errorUpdateCount: number },
  wanted: string,
  isAlone: boolean,
  hit: (one: T) => Hit,
): Omit<Group, 'kind' | 'label'> {
  const { data } = query;
  const error = useFailure(query);
  const found = useMemo(() => (wanted === '' ? [] : ranked(data ?? [], wanted, ({ name }) => name)), [data, wanted]);
  return { hits: found.slice(0, isAlone ? MANY : FEW).map(hit), total: found.length, isLoading: query.isPending && query.isFetching, error };
}

/** What cannot be searched, and why. */
function Unsearched({ groups }: { groups: readonly Group[] }) {
  const [{ error } = { error: null }] = groups;
  const names = groups.map(({ label }) => label.toLowerCase()).join(', ');
  return <Problem message={messageOf(error)} advice={`Not searched now: ${names}. ${advice(error)}`} requestId={error instanceof GateError ? error.requestId : undefined} />;
}

function GroupOf({ group, isAlone, onAll }: { group: Group; isAlone: boolean; onAll: () => void }) {
  const { label, hits, total } = group;
  const rest = total - hits.length;
  return (
    <section className={styles.group} aria-label={label}>
      <h2>
        {label} <span className="soft number">{total}</span>
      </h2>
      <ul>
        {hits.map(({ key, title, place, to }) => (
          <li key={key} className={styles.hit}>
            {to === undefined ? (
              <Name className={styles.title ?? ''}>{title}</Name>
            ) : (
              <a href={`#${to}`} className={styles.title}>
                <bdi>{title}</bdi>
              </a>
            )}
            <Name className={styles.place ?? ''}>{place}</Name>
          </li>
        ))}
      </ul>
      {rest > 0 &&
        (isAlone ? (
          <p className="soft">These are the first {hits.length}: write more of the name to see the others.</p>
        ) : (
          <div>
            <Button look="quiet" onPress={onAll}>
              {`Show all ${total}`}
            </Button>
          </div>
        ))}
    </section>
  );
}

function Chip({ label, count, on, onPress }: { label: string; count?: number; on: boolean; onPress: () => void }) {
  return (
    <button type="button" className={styles.chip} aria-pressed={on} onClick={onPress}>
      {label}
      {count !== undefined && count > 0 && <span className="number"> {count}</span>}
    </button>
  );
}

function Filter({ label, values, value, onChange }: { label: string; values: readonly string[]; value: string | undefined; onChange: (value: string | undefined) => void }) {
  if (values.length < 2 && value === undefined) return null;
  const all = [...new Set([...values, ...(value === undefined ? [] : [value])])];
  return (
    <div className={styles.filter}>
      <Select label={label} unlabelled options={[{ value: '', label: `Every ${label.toLowerCase()}` }, ...all.map((one) => ({ value: one, label: one }))]} value={value ?? ''} onChange={(next) => onChange(next || undefined)} />
    </div>
  );
}
