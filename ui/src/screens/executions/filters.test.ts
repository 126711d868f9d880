import { describe, expect, it } from 'vitest';

import type { Execution, PipelineConfig } from '../../gate/wire';
import { groupsOf, isSameGroup } from './filters';

const run = (id: string, name: string, more: Partial<Execution> = {}): Execution => ({
  id,
  application: 'shop',
  name,
  pipelineConfigId: `config-${name}`,
  status: 'SUCCEEDED',
  startTime: Number(id),
  trigger: { user: 'ann', parameters: { version: '1.2' } },
  stages: [],
  ...more,
});
const config = (name: string): PipelineConfig => ({ id: `config-${name}`, name, application: 'shop', stages: [] });
const shown = (groups: ReturnType<typeof groupsOf>) => groups.map(({ name, executions }) => [name, executions.map(({ id }) => id).join()]);

describe('the list of executions', () => {
  const runs = [run('1', 'a'), run('3', 'a', { status: 'TERMINAL' }), run('2', 'gone'), run('4', 'a, b')];
  const configs = [config('b'), config('a'), config('a, b')];

  it('has the pipelines in their order, also those that never ran, and the deleted ones last', () => {
    expect(shown(groupsOf(runs, configs, {}))).toEqual([
      ['b', ''],
      ['a', '3,1'],
      ['a, b', '4'],
      ['gone', '2'],
    ]);
  });

  it('leaves out what the address leaves out', () => {
    expect(shown(groupsOf(runs, configs, { status: 'TERMINAL,RUNNING' }))).toEqual([['a', '3']]);
    expect(shown(groupsOf(runs, configs, { pipeline: 'a%2C b,b' }))).toEqual([
      ['b', ''],
      ['a, b', '4'],
    ]);
    expect(shown(groupsOf(runs, configs, { q: 'version=1.2 gone' }))).toEqual([['gone', '2']]);
  });

  it('finds what waits for a judgment', () => {
    const stages = [{ id: 's', type: 'manualJudgment', name: 'Ok?', status: 'RUNNING' as const, context: {} }];
    const waiting = run('9', 'a', { status: 'RUNNING', stages });
    expect(shown(groupsOf([...runs, waiting], configs, { awaitingJudgement: 'true' }))).toEqual([['a', '9']]);
  });

  it('knows which pipelines an event leaves as they are', () => {
    const same = (now: Execution[]) => groupsOf(now, configs, {}).map((group, index) => isSameGroup(groupsOf(runs, configs, {})[index] as typeof group, group));
    expect(same([...runs])).toEqual([true, true, true, true]);
    expect(same(runs.map((one) => (one.id === '3' ? { ...one, status: 'SUCCEEDED' } : one)))).toEqual([true, false, true, true]);
    expect(same([...runs, run('5', 'b')])).toEqual([false, true, true, true]);
  });
});
