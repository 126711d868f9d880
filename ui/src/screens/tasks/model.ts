/** Tasks: who did one, and which are shown. */
import type { Task } from '../../gate/wire';

/** Who asked for it. */
export function userOf(task: Task): string {
  const variable = task.variables?.find(({ key }) => key === 'user')?.value;
  const user = typeof variable === 'string' ? variable : (task.execution?.authentication?.user ?? '');
  return user === '[anonymous]' ? 'anonymous' : user;
}

/** The tasks of this status with these words. */
export function shownTasks(all: readonly Task[], q: string, status: string): Task[] {
  const words = q.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((task) => {
    if (status !== '' && task.status !== status) return false;
    const text = `${task.name}\n${userOf(task)}\n${task.id}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** What a task knows, but for what only machines read. */
export function variablesOf(task: Task): { key: string; value: string }[] {
  return (task.variables ?? [])
    .filter(({ key }) => !key.startsWith('notification.') && key !== 'user')
    .map(({ key, value }) => ({ key, value: typeof value === 'string' ? value : JSON.stringify(value, null, 2) }));
}
