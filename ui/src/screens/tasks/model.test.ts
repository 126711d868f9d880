import { describe, expect, it } from 'vitest';

import type { Task } from '../../gate/wire';
import { shownTasks, userOf, variablesOf } from './model';

const task = (name: string, more: Partial<Task> = {}): Task => ({ id: `id-${name}`, name, status: 'SUCCEEDED', ...more });

describe('tasks', () => {
  it('are found by words and status', () => {
    const all = [task('Create shop'), task('Delete shop', { status: 'TERMINAL', variables: [{ key: 'user', value: 'ann' }] })];
    expect(shownTasks(all, 'shop ANN', '').map(({ name }) => name)).toEqual(['Delete shop']);
    expect(shownTasks(all, '', 'SUCCEEDED').map(({ name }) => name)).toEqual(['Create shop']);
    expect(shownTasks(all, 'id-create', '')).toHaveLength(1);
  });

  it('name who asked for them', () => {
    expect(userOf(task('a', { variables: [{ key: 'user', value: '[anonymous]' }] }))).toBe('anonymous');
    expect(userOf(task('a'))).toBe('');
  });

  it('show what they know, objects as JSON', () => {
    const variables = [
      { key: 'notification.type', value: 'x' },
      { key: 'count', value: { a: 1 } },
    ];
    expect(variablesOf(task('a', { variables }))).toEqual([{ key: 'count', value: '{\n  "a": 1\n}' }]);
  });
});
