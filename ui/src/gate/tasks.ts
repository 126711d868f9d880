/** Tasks: operations on applications and infrastructure, `/tasks` and `/applications/{application}/tasks`. */
import { queryOptions } from '@tanstack/react-query';

import { client } from './client';
import { GateError } from './errors';
import { get, path, post, put } from './http';
import { user } from './session';
import { idOf, type Fields, type Reference, type Status, type Task } from './wire';

/** How many tasks a list has at most. */
export const TASKS_SHOWN = 200;
const LOOK_EVERY = 500;
const OVER: ReadonlySet<Status> = new Set(['SUCCEEDED', 'TERMINAL', 'CANCELED', 'STOPPED', 'FAILED_CONTINUE', 'SKIPPED']);

/** An application's tasks, the newest first. */
export function tasks(application: string) {
  return queryOptions({
    queryKey: ['tasks', application],
    queryFn: async ({ signal }) => {
      const query = { limit: TASKS_SHOWN, page: 1 };
      const all = await get<Task[]>(path('applications', application, 'tasks'), { signal, query });
      return all.toSorted((one, other) => startOf(other) - startOf(one));
    },
  });
}

/** One task. */
export function task(id: string) {
  return queryOptions({
    queryKey: ['task', id],
    queryFn: ({ signal }) => get<Task>(path('tasks', id), { signal }),
  });
}

/** When it started, or was asked for. */
export function startOf(task: Task): number {
  return task.startTime ?? task.buildTime ?? 0;
}

/** Starts the jobs as one task and returns its id. */
export async function startTask(application: string, description: string, job: readonly Fields[]): Promise<string> {
  const by = await client.fetchQuery(user).then((known) => known.username).catch(() => '[anonymous]');
  const body = { application, description, job: job.map((one) => ({ user: by, ...one })) };
  const id = idOf(await post<Reference>('/tasks', body));
  void client.invalidateQueries({ queryKey: ['tasks', application] });
  return id;
}

/** Waits until a task is over. What it failed with is thrown. */
export async function finished(id: string, onProgress?: (task: Task) => void): Promise<Task> {
  for (;;) {
    const now = await get<Task>(path('tasks', id));
    client.setQueryData(task(id).queryKey, now);
    onProgress?.(now);
    if (now.status === 'SUCCEEDED') return now;
    if (OVER.has(now.status)) throw new GateError('invalid', failureOf(now) ?? `The task ended as ${now.status}.`, 0);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

/** Asks for a task to be cancelled. */
export async function cancelTask(id: string): Promise<void> {
  await put(path('tasks', id, 'cancel'), {});
  await client.invalidateQueries({ queryKey: ['task', id] });
}

/** What a task says that it failed with. */
export function failureOf(task: Task): string | undefined {
  for (const { key, value } of task.variables ?? []) {
    if (key === 'exception') {
      const details = (value as { details?: { errors?: unknown[]; error?: unknown } } | null)?.details;
      const errors = (details?.errors ?? []).filter((error) => typeof error === 'string');
      if (errors.length > 0) return errors.join('\n');
      if (typeof details?.error === 'string') return details.error;
    }
  }
  return undefined;
}
