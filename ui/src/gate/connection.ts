/**
 * Whether gate can be reached, and whether the user is signed in: what the banner over every screen says.
 *
 * Every request reports here. Once gate was away it is asked for its version every two seconds, and what waits for it to
 * be back is told.
 */
import { store } from '../parts/store';
import { settings } from './settings';

/** How the way to gate is. */
export type Connection = 'fine' | 'unreachable' | 'offline' | 'signedOut';

const PING_EVERY = 2000;
const PING_DEADLINE = 4000;

const state = store<Connection>('fine');
const returned = new Set<() => void>();
let ping: ReturnType<typeof setTimeout> | undefined;

/** The state as a hook; renders again when it changes. */
export const useConnection = state.use;

/** The state now. */
export const connection = state.get;

/** Calls `act` each time that gate is back; returns what ends that. */
export function onReturn(act: () => void): () => void {
  returned.add(act);
  return () => void returned.delete(act);
}

/** A request was answered, whatever the answer was. */
export function reached(status: number): void {
  if (status === 401) {
    become('signedOut');
    return;
  }
  // A ping or a public path says nothing of who is signed in.
  if (state.get() === 'signedOut' || state.get() === 'fine') return;
  become('fine');
}

/** The user is known again. */
export function signedIn(): void {
  if (state.get() === 'signedOut') become('fine');
}

/** A request got no answer. */
export function unreached(): void {
  become(typeof navigator !== 'undefined' && navigator.onLine === false ? 'offline' : 'unreachable');
}

function become(next: Connection): void {
  const before = state.get();
  if (before !== next) state.set(next);
  if (next === 'fine') {
    clearTimeout(ping);
    ping = undefined;
    if (before !== 'fine') for (const act of returned) act();
  } else if (ping === undefined) {
    ping = setTimeout(() => void look(), PING_EVERY);
  }
}

async function look(): Promise<void> {
  const path = state.get() === 'signedOut' ? '/auth/user' : '/version';
  let answer: Response | undefined;
  try {
    answer = await fetch(settings.gateUrl + path, { credentials: 'include', signal: AbortSignal.timeout(PING_DEADLINE) });
  } catch {
    // Still away.
  }
  ping = undefined;
  if (answer?.ok === true) become('fine');
  // gate is there again and does not know the user any more.
  else if (answer?.status === 401) become('signedOut');
  if (state.get() !== 'fine' && ping === undefined) ping = setTimeout(() => void look(), PING_EVERY);
}
