/** What administrators see of executions, nodes and services, and what of it needs a look. */
import type { Active, ActiveExecution, Health, Node } from '../../gate/admin';
import type { Account } from '../../gate/wire';
import { type Tone, toneOf, wordOf } from '../../parts/Status';

/** An execution with who has it. */
export interface Row extends ActiveExecution {
  /** The node that drives it; undefined if nobody does. */
  readonly node: Node | undefined;
  /** Why somebody should look at it; undefined if all is well. */
  readonly concern: string | undefined;
}

/** How late something may be before it is worth a look, in milliseconds: `gennaker doctor` calls it overdue then. */
const LATE = 30_000;

/** All executions that are not over: those that need a look first, then the oldest. */
export function rowsOf({ nodes, unowned }: Active, now: number): Row[] {
  const owned = nodes.flatMap((node) => node.executions.map((one) => rowOf(one, node, now)));
  const rows = [...owned, ...unowned.map((one) => rowOf(one, undefined, now))];
  return rows.toSorted((one, other) => Number(other.concern !== undefined) - Number(one.concern !== undefined) || (one.startTime ?? Infinity) - (other.startTime ?? Infinity));
}

/** What an execution that is not over is called. */
export function nameOf({ nodes, unowned }: Active, id: string): string | undefined {
  return [...nodes.flatMap(({ executions }) => executions), ...unowned].find((one) => one.id === id)?.name;
}

function rowOf(execution: ActiveExecution, node: Node | undefined, now: number): Row {
  return { ...execution, node, concern: concernOf(execution, node, now) };
}

function concernOf({ due, signals, status }: ActiveExecution, node: Node | undefined, now: number): string | undefined {
  if (node && !node.alive) return 'Its node is gone, and no other has taken it over.';
  if (due !== undefined && now - due > LATE && status !== 'PAUSED') return 'It should have gone on.';
  if (!node && signals > 0) return 'A command waits, and nobody drives it.';
  return undefined;
}

/** How an execution looks: one that runs and that nobody drives waits, for a judgment, for a time, for something else's end. */
export function lookOf({ status, node }: Row): { tone: Tone; word: string } {
  return status === 'RUNNING' && node === undefined ? { tone: 'waiting', word: 'Waits' } : { tone: toneOf(status), word: wordOf(status) };
}

/** The rows that have the text in their name, application or id; and only those that need a look. */
export function filtered(rows: readonly Row[], text: string, onlyConcerns: boolean): Row[] {
  const wanted = text.trim().toLowerCase();
  return rows.filter((row) => (!onlyConcerns || row.concern !== undefined) && [row.name ?? '', row.application, row.id, row.node?.node ?? ''].some((part) => part.toLowerCase().includes(wanted)));
}

/** The ids of the pipelines that can be paused, and resumed. */
export function steerable({ nodes, unowned }: Active): { pausable: string[]; paused: string[] } {
  const all = [...nodes.flatMap(({ executions }) => executions), ...unowned].filter(({ type }) => type === 'PIPELINE');
  const of = (status: string): string[] => all.filter((one) => one.status === status).map(({ id }) => id);
  return { pausable: of('RUNNING'), paused: of('PAUSED') };
}

/** A part of a service that says how it is. */
export interface Part {
  readonly name: string;
  readonly isWell: boolean;
  readonly status: string;
  /** What it says beside that. */
  readonly words: string;
}

/** A service with those of its parts that are not well, and how many are. */
export interface ServiceHealth {
  readonly name: string;
  readonly isWell: boolean;
  readonly status: string;
  readonly parts: readonly Part[];
}

/** The services by name, those that are not well first. */
export function servicesOf(all: Readonly<Record<string, Health>>): ServiceHealth[] {
  const services = Object.entries(all).map(([name, { status, components }]) => ({
    name,
    status,
    isWell: isWell(status),
    parts: Object.entries(components).map(([part, one]) => ({ name: part, status: one.status, isWell: isWell(one.status), words: wordsOf(one.details ?? {}) })),
  }));
  return services.toSorted((one, other) => Number(one.isWell) - Number(other.isWell) || one.name.localeCompare(other.name));
}

function isWell(status: string): boolean {
  return status === 'UP' || status === 'UNKNOWN';
}

function wordsOf(details: Readonly<Record<string, unknown>>): string {
  const { reason, ...rest } = details;
  if (typeof reason === 'string') return reason;
  return Object.entries(rest)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

/** What an account says of itself. */
export interface AccountHealth {
  readonly name: string;
  readonly provider: string;
  /** Why it cannot be used; undefined if it can. */
  readonly problem: string | undefined;
  /** When what runs there was last looked at, in epoch milliseconds. */
  readonly confirmed: number | undefined;
  /** Whether the user may use it. */
  readonly isOpen: boolean;
}

/** The accounts, those with a problem first. */
export function accountsOf(all: readonly Account[]): AccountHealth[] {
  const rows = all.map((account) => {
    const inventory = (account['inventory'] ?? {}) as { confirmed?: unknown; problem?: unknown };
    const off = account['enabled'] === false ? 'It is switched off.' : undefined;
    return {
      name: account.name,
      provider: account.cloudProvider ?? account.type ?? '',
      problem: typeof inventory.problem === 'string' && inventory.problem !== '' ? inventory.problem : off,
      confirmed: typeof inventory.confirmed === 'number' ? inventory.confirmed : undefined,
      isOpen: account['authorized'] !== false,
    };
  });
  return rows.toSorted((one, other) => Number(other.problem !== undefined) - Number(one.problem !== undefined) || one.name.localeCompare(other.name));
}

/** The command that does what a remedy says, as it is typed; undefined if it has none. */
export function commandOf({ command, call }: { command?: string[]; call?: { method: string; path: string; body?: unknown } }): string | undefined {
  if (command && command.length > 0) return ['gennaker', ...command.map(quoted)].join(' ');
  if (!call) return undefined;
  return `${call.method} ${call.path}${call.body === undefined || call.body === null ? '' : ` ${JSON.stringify(call.body)}`}`;
}

function quoted(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
