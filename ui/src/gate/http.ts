/**
 * Requests to gate: JSON both ways, a deadline for each, errors as `GateError`, reads tried again.
 *
 * A read (`get`) that fails on the way or with 502, 503 or 504 is tried twice more. A write is sent once: nobody knows
 * what an unanswered one has done, and the user says whether it is sent again.
 */
import { GateError, fromAnswer } from './errors';
import { reached, unreached } from './connection';
import { settings } from './settings';

/** What a query may hold; what is undefined or empty is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** How a request is sent. */
export interface Options {
  readonly query?: Query;
  /** Ends the request early. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that it may take, 30 s by default. */
  readonly deadline?: number;
}

const DEADLINE = 30_000;
const PAUSES = [300, 1200];

/** The path of these words, each encoded: `path('applications', name)`. */
export function path(...words: readonly string[]): string {
  return words.map((word) => `/${encodeURIComponent(word)}`).join('');
}

/** gate's address of a path, for links. */
export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return settings.gateUrl + path + (text === '' ? '' : `?${text}`);
}

/** Reads. */
export async function get<T>(path: string, options: Options = {}): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send<T>('GET', path, undefined, options);
    } catch (error) {
      const pause = PAUSES[attempt];
      const passing = error instanceof GateError && (error.kind === 'unreachable' || error.kind === 'slow');
      if (pause === undefined || !passing || options.signal?.aborted === true) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** Writes; `body` is sent as JSON. */
export function post<T>(path: string, body: unknown, options: Options = {}): Promise<T> {
  return send<T>('POST', path, body, options);
}

/** Writes; `body` is sent as JSON if there is one. */
export function put<T>(path: string, body?: unknown, options: Options = {}): Promise<T> {
  return send<T>('PUT', path, body, options);
}

/** Writes; `body` is sent as JSON. */
export function patch<T>(path: string, body: unknown, options: Options = {}): Promise<T> {
  return send<T>('PATCH', path, body, options);
}

/** Deletes. */
export function remove<T>(path: string, options: Options = {}): Promise<T> {
  return send<T>('DELETE', path, undefined, options);
}

async function send<T>(method: string, path: string, body: unknown, options: Options): Promise<T> {
  const signals = [AbortSignal.timeout(options.deadline ?? DEADLINE)];
  if (options.signal) signals.push(options.signal);
  // gate does not count the page's requests against its caller's limit.
  const headers: Record<string, string> = { 'X-RateLimit-App': 'deck', Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(address(path, options.query), {
      method,
      headers,
      credentials: 'include',
      signal: AbortSignal.any(signals),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    text = await answer.text();
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      throw new GateError('slow', 'gate did not answer in time', 0);
    }
    unreached();
    throw new GateError('unreachable', `gate at ${settings.gateUrl} cannot be reached`, 0);
  }
  reached(answer.status);
  if (!answer.ok) throw fromAnswer(answer.status, text, answer.headers.get('x-spinnaker-request-id'));
  if (text === '') return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new GateError('failed', 'gate answered with something that is not JSON', answer.status);
  }
}
