/** What an instance or a job writes: piece by piece where gate has that, else its end. */
import { GateError } from './errors';
import { get, path } from './http';

/** Where output comes from. */
export interface Source {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly provider: string;
}

/** A piece of output. */
export interface Piece {
  readonly output: string;
  /** Where it begins, in bytes. */
  readonly offset: number;
  /** Where the next one begins. */
  readonly next: number;
  /** Whether there will be none. */
  readonly ended: boolean;
}

const WAIT = 20_000;
const LARGE = 256 * 1024;

/** The piece at `offset`, for which gate waits; without it the end of what there is. */
export function piece({ account, region, id }: Source, offset: number | undefined, signal: AbortSignal): Promise<Piece> {
  const query = offset === undefined ? { bytes: LARGE } : { offset, bytes: LARGE, waitMs: WAIT };
  return get<Piece>(path('instances', account, region, id, 'log'), { signal, query, deadline: WAIT + 30_000 });
}

/** The end of the output, as upstream's gate has it. Some clouds have several texts. */
export async function consoleOutput({ account, region, id, provider }: Source, signal: AbortSignal): Promise<string> {
  const { output } = await get<{ output?: unknown }>(path('instances', account, region, id, 'console'), { signal, query: { provider } });
  if (typeof output === 'string') return output;
  if (!Array.isArray(output)) return '';
  return output.map((one: { name?: string; output?: string }) => `=== ${one.name ?? ''}\n${one.output ?? ''}`).join('\n');
}

/** Whether gate has no live output, so that the console is all there is. */
export function hasNoPieces(error: unknown): boolean {
  return error instanceof GateError && /has no path|No static resource/.test(error.message);
}
