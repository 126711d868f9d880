/**
 * What changes while it changes: gate's `GET /events`, followed for as long as somebody looks at an application.
 *
 * - One connection a page, for the application that is looked at; a page that nobody sees for a while has none, since a
 *   browser has few. It goes on with its last id, so that nothing is missed.
 * - An event that is told again is dropped by its sequence. Of an execution that changed the newest state is asked for
 *   once at a time, and put where it is shown.
 * - A gate that has no events (upstream's) is asked again every `pollSchedule` for what is shown.
 */
import { client } from './client';
import { connection, onReturn, unreached } from './connection';
import { GateError } from './errors';
import { eventParser, type ServerEvent } from './event-stream';
import { remember } from './executions';
import { address, get, path } from './http';
import { settings } from './settings';
import { store } from '../parts/store';
import type { Execution } from './wire';

/** How the page learns of changes. */
export type Live = 'idle' | 'connecting' | 'live' | 'polling';

const HIDDEN_FOR = 30_000;
const PAUSES = [500, 1000, 2000, 4000];
/** gate sends a comment every 15 s. */
const SILENT_FOR = 40_000;
/** Of how many executions it is known which event was the last: more than change between an event and its repetition. */
const REMEMBERED = 1000;

const state = store<Live>('idle');
/** How the page learns of changes, as a hook. */
export const useLive = state.use;

interface Change {
  readonly id: string;
  readonly application: string;
  readonly sequence: number | null;
}

/** Follows an application until the returned function is called. */
export function follow(application: string): () => void {
  const stop = new AbortController();
  void run(application, stop.signal).finally(() => {
    if (stop.signal.aborted) state.set('idle');
  });
  return () => stop.abort();
}

async function run(application: string, stop: AbortSignal): Promise<void> {
  const memory = new Memory(application);
  let last = '';
  for (let failures = 0; !stop.aborted; ) {
    await shown(stop);
    if (stop.aborted) return;
    if (state.get() !== 'polling') state.set('connecting');
    try {
      for await (const event of connect(application, last, stop)) {
        if (event.type === 'begin') {
          state.set('live');
          failures = 0;
          // What changed before this moment is in no event.
          if (last === '') memory.loadAll();
        }
        last = event.id || last;
        memory.take(event);
      }
    } catch (error) {
      if (stop.aborted) return;
      if (error instanceof GateError && error.status === 400 && last !== '') {
        // The id is another store's: begin anew.
        last = '';
      } else if (error instanceof GateError && (error.status === 404 || error.status === 400 || error.status === 501)) {
        await poll(memory, stop);
        continue;
      }
      if (error instanceof GateError && error.kind === 'unreachable' && error.status === 0) unreached();
    }
    await pause(PAUSES[Math.min(failures, PAUSES.length - 1)] ?? 1000, stop);
    failures += 1;
  }
}

/** Asks for everything that is shown, every so often. */
async function poll(memory: Memory, stop: AbortSignal): Promise<void> {
  state.set('polling');
  while (!stop.aborted) {
    await pause(settings.pollSchedule, stop);
    await shown(stop);
    if (!stop.aborted) memory.loadAll();
  }
}

/** The events of one connection, which ends with it. */
async function* connect(application: string, last: string, stop: AbortSignal): AsyncGenerator<ServerEvent> {
  const own = new AbortController();
  let silence: ReturnType<typeof setTimeout> | undefined;
  let hidden: ReturnType<typeof setTimeout> | undefined;
  const heard = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => own.abort(), SILENT_FOR);
  };
  const looked = (): void => {
    clearTimeout(hidden);
    if (document.hidden) hidden = setTimeout(() => own.abort(), HIDDEN_FOR);
  };
  const ended = onReturn(() => own.abort());
  document.addEventListener('visibilitychange', looked);
  heard();
  try {
    const headers: Record<string, string> = { Accept: 'text/event-stream', 'X-RateLimit-App': 'deck' };
    if (last !== '') headers['Last-Event-ID'] = last;
    const signal = AbortSignal.any([stop, own.signal]);
    const answer = await fetch(address('/events', { application }), { headers, credentials: 'include', signal });
    if (!answer.ok || answer.body === null) throw new GateError('failed', 'no events', answer.status);
    const parse = eventParser();
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      yield* parse(value);
    }
  } catch (error) {
    throw error instanceof GateError ? error : new GateError(own.signal.aborted ? 'slow' : 'unreachable', 'cut off', 0);
  } finally {
    clearTimeout(silence);
    clearTimeout(hidden);
    ended();
    document.removeEventListener('visibilitychange', looked);
    own.abort();
  }
}

/** What was told already, and what is being asked for. */
class Memory {
  private readonly sequences = new Map<string, number>();
  private readonly asking = new Map<string, 'once' | 'again'>();

  constructor(private readonly application: string) {}

  take(event: ServerEvent): void {
    if (event.type === 'inventory') {
      const { what } = JSON.parse(event.data) as { what: string[] };
      for (const one of what) void client.invalidateQueries({ queryKey: [one, this.application] });
      void client.invalidateQueries({ queryKey: ['clusters', this.application] });
      return;
    }
    if (event.type !== 'execution' && event.type !== 'task') return;
    const change = JSON.parse(event.data) as Change;
    if (change.sequence !== null) {
      if ((this.sequences.get(change.id) ?? -1) >= change.sequence) return;
      // The newest stands last, and what has not changed for the longest time is forgotten.
      this.sequences.delete(change.id);
      this.sequences.set(change.id, change.sequence);
      const [oldest] = this.sequences.keys();
      if (this.sequences.size > REMEMBERED && oldest !== undefined) this.sequences.delete(oldest);
    }
    if (event.type === 'task') {
      void client.invalidateQueries({ queryKey: ['task', change.id] });
      void client.invalidateQueries({ queryKey: ['tasks', this.application] });
    } else {
      void this.load(change.id);
    }
  }

  /** Asks for the newest state; what changes meanwhile is asked for once more afterwards. */
  private async load(id: string): Promise<void> {
    if (this.asking.has(id)) {
      this.asking.set(id, 'again');
      return;
    }
    do {
      this.asking.set(id, 'once');
      try {
        remember(await get<Execution>(path('pipelines', id)));
      } catch {
        // It is gone, or gate is: then all is loaded when it is back.
        void client.invalidateQueries({ queryKey: ['execution', id] });
      }
    } while (this.asking.get(id) === 'again');
    this.asking.delete(id);
    void client.invalidateQueries({ queryKey: ['running', this.application] });
  }

  loadAll(): void {
    const about = (key: readonly unknown[]): boolean =>
      key.includes(this.application) || key[0] === 'execution' || key[0] === 'task';
    void client.invalidateQueries({ predicate: (query) => about(query.queryKey) });
  }
}

/** Resolves when the page is visible, or `stop` is aborted. */
function shown(stop: AbortSignal): Promise<void> {
  if (!document.hidden || stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const look = (): void => {
      if (document.hidden && !stop.aborted) return;
      document.removeEventListener('visibilitychange', look);
      stop.removeEventListener('abort', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    stop.addEventListener('abort', look);
  });
}

/** Resolves after `time`, when gate is back, or when `stop` is aborted. */
function pause(time: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      returned();
      stop.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, time);
    const returned = connection() === 'fine' ? () => undefined : onReturn(end);
    stop.addEventListener('abort', end);
  });
}
