/** What administrators look at and do: nodes with their leases, executions that are not over, the health of services. */
import { queryOptions } from '@tanstack/react-query';

import { client } from './client';
import { get, path, post, put } from './http';
import type { Execution, Fields, Status } from './wire';

/** How often what administrators look at is asked for, in milliseconds. */
const LOOK_EVERY = 5000;
/** The most executions that are asked for. */
export const ACTIVE_SHOWN = 5000;

/** An execution that is not over. */
export interface ActiveExecution {
  id: string;
  type: 'PIPELINE' | 'ORCHESTRATION';
  application: string;
  name?: string;
  status: Status;
  startTime?: number;
  /** When it goes on by itself. */
  due?: number;
  /** Commands that nobody has taken. */
  signals: number;
}

/** A node in one of its lives; one that is not alive has executions that another takes over. */
export interface Node {
  node: string;
  epoch: number;
  alive: boolean;
  /** When its lease ends unless it is renewed. */
  expires?: number;
  address?: string;
  /** Whether it takes new work; known of the node that answers. */
  enabled?: boolean;
  executions: ActiveExecution[];
}

/** Who has what. */
export interface Active {
  nodes: Node[];
  /** What nobody drives now: it waits, or can be claimed. */
  unowned: ActiveExecution[];
  /** Whether these are all. */
  complete: boolean;
}

/** How a service is, with its parts. */
export interface Health {
  status: string;
  components: Record<string, { status: string; details?: Fields }>;
}

/** Why an execution stands where it does. */
export interface Diagnosis {
  at: number;
  verdict: string;
  summary: string;
  causes?: { kind: string; message: string; since?: number; executions?: string[] }[];
  waits?: { stage: { name?: string; refId?: string }; waitsFor?: string; message?: string; since?: number; timesOut?: number; error?: string }[];
  failures?: { stage: { name?: string }; reasons?: string[]; message?: string }[];
  remedies?: { message: string; command?: string[]; call?: { method: string; path: string; body?: unknown } }[];
  record?: { events: number; problem?: string; replayed?: { same: boolean } };
}

/** Nodes, and what is not over. */
export const active = queryOptions({
  queryKey: ['admin', 'active'],
  queryFn: ({ signal }) => get<Active>('/admin/executions/active', { signal, query: { limit: ACTIVE_SHOWN } }),
  refetchInterval: LOOK_EVERY,
});

/** How the services of gate's process are. */
export const health = queryOptions({
  queryKey: ['admin', 'health'],
  queryFn: ({ signal }) => get<Record<string, Health>>('/admin/health', { signal }),
  refetchInterval: LOOK_EVERY,
});

/** Why an execution, or a task, stands where it does. */
export function diagnosis(id: string) {
  return queryOptions({
    queryKey: ['admin', 'diagnosis', id],
    queryFn: ({ signal }) => get<Diagnosis>(path('pipelines', id, 'diagnosis'), { signal }),
    refetchInterval: LOOK_EVERY,
  });
}

/** Lets the node that answers take new work, or not: it goes on with what it has. */
export async function setNodeEnabled(enabled: boolean): Promise<void> {
  await post('/admin/instance/enabled', { enabled });
  await refreshed();
}

/** Ends an execution whatever its stages do; nothing is undone. */
export async function forceCancel({ id, type }: Pick<ActiveExecution, 'id' | 'type'>): Promise<void> {
  await put('/admin/executions/forceCancel', undefined, { query: { executionId: id, executionType: type } });
  await refreshed();
}

/** Has the node look at once for what can be claimed. */
export async function lookAtOnce(id: string): Promise<void> {
  await post('/admin/executions/hydrate', undefined, { query: { executionId: id, dryRun: false } });
  await refreshed();
}

/** What became of many: how many were done, and what failed. */
export interface Batch {
  readonly done: number;
  readonly all: number;
  readonly failures: readonly { readonly id: string; readonly reason: string }[];
}

/** Pauses, or resumes, pipelines one after another; what fails is left out and told. One that is over meanwhile is no failure. */
export async function steerAll(ids: readonly string[], act: 'pause' | 'resume', onProgress: (batch: Batch) => void): Promise<Batch> {
  let batch: Batch = { done: 0, all: ids.length, failures: [] };
  for (const id of ids) {
    try {
      await put(path('pipelines', id, act));
    } catch (error) {
      if (!(await isAlready(id, act))) {
        batch = { ...batch, failures: [...batch.failures, { id, reason: error instanceof Error ? error.message : String(error) }] };
      }
    }
    batch = { ...batch, done: batch.done + 1 };
    onProgress(batch);
  }
  await refreshed();
  return batch;
}

async function isAlready(id: string, act: 'pause' | 'resume'): Promise<boolean> {
  try {
    const { status } = await get<Execution>(path('pipelines', id));
    return act === 'pause' ? status !== 'RUNNING' : status !== 'PAUSED';
  } catch {
    return false;
  }
}

async function refreshed(): Promise<void> {
  await client.invalidateQueries({ queryKey: ['admin'] });
}
