/** Health of instances: how each state looks and is called, and how many there are of each. */
import type { HealthState, Instance } from '../../gate/cloud';
import type { Tone } from '../../parts/Status';

/** A state with how it looks. The order is that of bars and sentences. */
export interface Look {
  readonly state: HealthState;
  readonly tone: Tone;
  readonly word: string;
}

/** The states that every cloud has. */
export const LOOKS: readonly Look[] = [
  { state: 'Up', tone: 'good', word: 'up' },
  { state: 'Starting', tone: 'running', word: 'starting' },
  { state: 'Down', tone: 'bad', word: 'down' },
  { state: 'OutOfService', tone: 'stopped', word: 'out of service' },
  { state: 'Unknown', tone: 'idle', word: 'unknown' },
];

const BY_STATE = new Map<HealthState, Look>([
  ...LOOKS.map((look) => [look.state, look] as const),
  ['Draining', { state: 'Draining', tone: 'waiting', word: 'draining' }],
  ['Succeeded', { state: 'Succeeded', tone: 'good', word: 'succeeded' }],
  ['Failed', { state: 'Failed', tone: 'bad', word: 'failed' }],
]);
const UNKNOWN: Look = { state: 'Unknown', tone: 'idle', word: 'unknown' };

/** How a state looks; one that only its cloud knows is unknown. */
export function lookOf(state: HealthState | undefined): Look {
  return (state === undefined ? undefined : BY_STATE.get(state)) ?? UNKNOWN;
}

/** How many instances are in which state. */
export type Counts = ReadonlyMap<HealthState, number>;

/** Counts the instances of each state. */
export function countHealth(instances: readonly Pick<Instance, 'healthState'>[]): Counts {
  const counts = new Map<HealthState, number>();
  for (const { healthState } of instances) {
    const { state } = lookOf(healthState);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}

/** Several counts as one. */
export function sumCounts(all: Iterable<Counts>): Counts {
  const sum = new Map<HealthState, number>();
  for (const counts of all) for (const [state, count] of counts) sum.set(state, (sum.get(state) ?? 0) + count);
  return sum;
}

/** All of them together. */
export function totalOf(counts: Counts): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}

/** What there is, state by state in the order of `LOOKS`; what there is none of is left out. */
export function present(counts: Counts): (Look & { count: number })[] {
  const order = [...LOOKS.map(({ state }) => state), ...counts.keys()];
  return [...new Set(order)].flatMap((state) => {
    const count = counts.get(state) ?? 0;
    return count === 0 ? [] : [{ ...lookOf(state), count }];
  });
}

/** `3 up, 1 down`, or that there is nothing. */
export function sentenceOf(counts: Counts): string {
  return present(counts).map(({ count, word }) => `${count} ${word}`).join(', ') || 'no instances';
}
