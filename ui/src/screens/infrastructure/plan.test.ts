import { describe, expect, it } from 'vitest';

import type { Plan } from '../../gate/cloud';
import { changesOf, remarksOf, stagesOf } from './plan';

const operation = (steps: Plan[], more: Partial<Plan> = {}): Plan => ({ of: 'OPERATION', type: 'x', outcome: 'RUNS', steps, ...more });
const change = (type: string, name: string, settings = {}): Plan => ({ of: 'CHANGE', type, name, outcome: 'RUNS', settings });

describe('a plan', () => {
  it('tells what would change, and of a resize what differs', () => {
    const plans = [
      operation([change('resize', 'server group a-v001', { from: { min: 1, desired: 2 }, to: { min: 1, desired: 4 } })]),
      operation([change('disable', 'server group b', { percentage: 100, weight: null })]),
      operation([change('deregister', 'instance i', { loadBalancers: ['x', 'y'] })]),
    ];
    expect(changesOf(plans)).toEqual([
      { what: 'resize server group a-v001', how: ['desired 2 → 4'] },
      { what: 'disable server group b', how: ['percentage 100'] },
      { what: 'deregister instance i', how: ['load balancers x, y'] },
    ]);
  });

  it('tells what speaks against it once, problems first', () => {
    const doubt = { severity: 'DOUBT', message: 'nothing else takes requests' } as const;
    const problem = { severity: 'PROBLEM', message: 'there is no such thing' } as const;
    const plans = [operation([{ ...change('a', 'b'), remarks: [doubt] }], { remarks: [doubt] }), operation([], { remarks: [problem] })];
    expect(remarksOf(plans)).toEqual([problem, doubt]);
  });

  it('tells the steps of each stage in the order in which they run', () => {
    const stage = (name: string, tasks: string[], more: Partial<Plan> = {}): Plan => ({ of: 'STAGE', name, outcome: 'RUNS', steps: tasks.map((task) => ({ of: 'TASK', name: task, outcome: 'RUNS' })), ...more });
    const inner = stage('destroyServerGroup', ['destroy'], { before: [stage('disableServerGroup', ['disable', 'wait'])] });
    const plan: Plan = { of: 'PIPELINE', outcome: 'RUNS', steps: [stage('destroyServerGroup', [], { before: [inner] }), stage('left', ['out'], { outcome: 'SKIPPED' })] };
    expect(stagesOf(plan)).toEqual([
      { stage: 'disableServerGroup', steps: ['disable', 'wait'] },
      { stage: 'destroyServerGroup', steps: ['destroy'] },
    ]);
  });
});
