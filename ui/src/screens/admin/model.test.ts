import { describe, expect, it } from 'vitest';

import type { Active, ActiveExecution, Node } from '../../gate/admin';
import { accountsOf, commandOf, filtered, lookOf, rowsOf, servicesOf, steerable } from './model';

const NOW = 1_000_000;
const execution = (id: string, more: Partial<ActiveExecution> = {}): ActiveExecution => ({ id, type: 'PIPELINE', application: 'shop', name: `run ${id}`, status: 'RUNNING', startTime: 1, signals: 0, ...more });
const node = (name: string, alive: boolean, executions: ActiveExecution[]): Node => ({ node: name, epoch: 1, alive, executions });

describe('executions that are not over', () => {
  const active: Active = {
    nodes: [node('a', true, [execution('1', { startTime: 5 }), execution('2', { due: NOW - 60_000 })]), node('b', false, [execution('3')])],
    unowned: [execution('4', { due: NOW + 1 }), execution('5', { signals: 1 }), execution('6', { status: 'PAUSED', due: NOW - 60_000 }), execution('7', { type: 'ORCHESTRATION' })],
    complete: true,
  };

  it('need a look where they should go on and do not', () => {
    const rows = rowsOf(active, NOW);
    expect(rows.map(({ id }) => id)).toEqual(['2', '3', '5', '4', '6', '7', '1']);
    expect(rows.slice(0, 3).every(({ concern }) => concern !== undefined)).toBe(true);
    expect(filtered(rows, '', true)).toHaveLength(3);
    expect(filtered(rows, 'RUN 4', false).map(({ id }) => id)).toEqual(['4']);
    expect(filtered(rows, 'b', false).map(({ id }) => id)).toEqual(['3']);
  });

  it('wait where they run and nobody drives them', () => {
    const words = Object.fromEntries(rowsOf(active, NOW).map((row) => [row.id, lookOf(row).word]));
    expect(words).toMatchObject({ 1: 'Running', 4: 'Waits', 6: 'Paused' });
  });

  it('are paused and resumed where they are pipelines', () => {
    expect(steerable(active)).toEqual({ pausable: ['1', '2', '3', '4', '5'], paused: ['6'] });
  });
});

describe('services and accounts', () => {
  it('come first where they are not well', () => {
    const well = { status: 'UP', components: { objects: { status: 'UP', details: { folder: '/data', count: 3 } } } };
    const services = servicesOf({ a: well, z: { status: 'DOWN', components: { store: { status: 'DOWN', details: { reason: 'it burns' } } } } });
    expect(services.map(({ name }) => name)).toEqual(['z', 'a']);
    expect(services[0]?.parts[0]).toMatchObject({ isWell: false, words: 'it burns' });
    expect(services[1]?.parts[0]?.words).toBe('folder /data, count 3');
    const accounts = accountsOf([
      { name: 'a', cloudProvider: 'local', inventory: { confirmed: 7, problem: null } },
      { name: 'b', type: 'aws', inventory: { problem: 'no agent' } },
      { name: 'c', enabled: false, authorized: false },
    ]);
    expect(accounts.map(({ name, problem }) => [name, problem])).toEqual([['b', 'no agent'], ['c', 'It is switched off.'], ['a', undefined]]);
    expect(accounts[2]?.confirmed).toBe(7);
  });
});

it('writes remedies as they are typed', () => {
  expect(commandOf({ command: ['execution', 'cancel', 'E', '--reason', "it's late"] })).toBe("gennaker execution cancel E --reason 'it'\\''s late'");
  expect(commandOf({ call: { method: 'POST', path: '/x', body: { a: 1 } } })).toBe('POST /x {"a":1}');
  expect(commandOf({})).toBeUndefined();
});
