/** A plan in words: what would change, what speaks against it, and which steps there are. */
import type { Plan } from '../../gate/cloud';
import type { Fields, Json } from '../../gate/wire';
import { titleOf } from './facts';

/** A thing that would change. */
export interface PlannedChange {
  /** `resize server group shop-v001`. */
  readonly what: string;
  /** How: `desired 2 → 4`. */
  readonly how: readonly string[];
}

/** What there is to know before it is done. */
export interface Remark {
  readonly severity: 'PROBLEM' | 'DOUBT' | 'NOTE';
  readonly message: string;
}

/** A stage with the names of its steps. */
export interface PlannedStage {
  readonly stage: string;
  readonly steps: readonly string[];
}

/** The changes of operations, in order. */
export function changesOf(operations: readonly Plan[]): PlannedChange[] {
  return operations.flatMap((operation) =>
    (operation.steps ?? []).map((step) => ({ what: [step.type, step.name].filter(Boolean).join(' '), how: settingsOf(step.settings ?? {}) })),
  );
}

/** What is said of plans and of all in them, once each, the weightiest first. */
export function remarksOf(plans: readonly Plan[]): Remark[] {
  const found = new Map<string, Remark>();
  const look = (plan: Plan): void => {
    for (const remark of plan.remarks ?? []) if (!found.has(remark.message)) found.set(remark.message, remark);
    for (const inner of [...(plan.before ?? []), ...(plan.steps ?? []), ...(plan.after ?? [])]) look(inner);
  };
  plans.forEach(look);
  const order = ['PROBLEM', 'DOUBT', 'NOTE'];
  return [...found.values()].toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
}

/** The stages that have steps, in the order in which they run. */
export function stagesOf(plan: Plan): PlannedStage[] {
  const found: PlannedStage[] = [];
  const look = (one: Plan): void => {
    if (one.outcome === 'SKIPPED') return;
    for (const inner of one.before ?? []) look(inner);
    const steps = one.steps ?? [];
    const tasks = steps.filter(({ of }) => of === 'TASK').map(({ name, type }) => name ?? type ?? '');
    if (tasks.length > 0) found.push({ stage: one.name ?? one.type ?? '', steps: tasks });
    for (const inner of steps) if (inner.of !== 'TASK') look(inner);
    for (const inner of one.after ?? []) look(inner);
  };
  look(plan);
  return found;
}

/** `from` and `to` are told as what differs; everything else as it is. */
function settingsOf(settings: Fields): string[] {
  const { from, to, ...rest } = settings;
  const told = isFields(from) && isFields(to) ? differences(from, to) : [];
  for (const [name, value] of Object.entries(rest)) if (value !== null && value !== undefined) told.push(`${titleOf(name).toLowerCase()} ${wordOf(value)}`);
  return told;
}

function differences(from: Fields, to: Fields): string[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const differing = names.filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]));
  return differing.length === 0 ? ['nothing differs'] : differing.map((name) => `${titleOf(name).toLowerCase()} ${wordOf(from[name])} → ${wordOf(to[name])}`);
}

function wordOf(value: Json): string {
  if (value === undefined || value === null) return 'none';
  if (Array.isArray(value)) return value.map(wordOf).join(', ');
  if (isFields(value)) return Object.entries(value).map(([name, one]) => `${name} ${wordOf(one)}`).join(', ');
  return String(value);
}

function isFields(value: Json): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
