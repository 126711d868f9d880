/** What can go wrong between the page and gate, and what the user is told to do about it. */

/** What a user can do about an error. */
export type Kind =
  /** Nobody answers: wait, the page goes on by itself. */
  | 'unreachable'
  /** It takes too long: likewise. */
  | 'slow'
  /** Sign in. */
  | 'signedOut'
  /** Ask somebody for permission. */
  | 'denied'
  /** It is not there. */
  | 'missing'
  /** Somebody else was quicker: look again. */
  | 'conflict'
  /** Change what was typed. */
  | 'invalid'
  /** This gate cannot do it. */
  | 'unsupported'
  /** Something broke: try again, or tell an operator the request's id. */
  | 'failed';

/** An error of gate, or of the way there. */
export class GateError extends Error {
  override readonly name = 'GateError';

  constructor(
    readonly kind: Kind,
    message: string,
    /** The HTTP status; 0 if nothing was answered. */
    readonly status: number,
    /** What operators find the request by in gate's log. */
    readonly requestId?: string,
    /** Further sentences, one for each thing that is wrong. */
    readonly details: readonly string[] = [],
  ) {
    super(message);
  }

  /** Whether the same request may succeed later without anybody's doing. */
  get isPassing(): boolean {
    return this.kind === 'unreachable' || this.kind === 'slow' || this.kind === 'failed' || this.kind === 'signedOut';
  }
}

/** The kind of an answer's status. */
export function kindOf(status: number): Kind {
  if (status === 401) return 'signedOut';
  if (status === 403) return 'denied';
  if (status === 404 || status === 410) return 'missing';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 501) return 'unsupported';
  if (status === 502 || status === 503) return 'unreachable';
  if (status === 504 || status === 408) return 'slow';
  return status >= 500 || status === 429 ? 'failed' : 'invalid';
}

/** The error that an answer is. `text` is its body, JSON as a rule. */
export function fromAnswer(status: number, text: string, requestId: string | null): GateError {
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed !== null && typeof parsed === 'object') body = parsed as Record<string, unknown>;
  } catch {
    // A proxy's page: its status says more than its HTML.
  }
  const said = [body['message'], body['error']].find((part): part is string => typeof part === 'string' && part !== '');
  const errors = Array.isArray(body['errors']) ? body['errors'].map(sentence).filter((part) => part !== '') : [];
  const id = typeof body['requestId'] === 'string' ? body['requestId'] : (requestId ?? undefined);
  return new GateError(kindOf(status), said ?? `gate answered with status ${status}`, status, id, errors);
}

function sentence(part: unknown): string {
  if (typeof part === 'string') return part;
  if (part !== null && typeof part === 'object' && 'message' in part) return String(part.message);
  return '';
}

/** What to do next about an error of something that was sent, as a sentence: it is sent once, and by the user again. */
export function adviceToSender(error: unknown): string {
  switch (error instanceof GateError ? error.kind : 'failed') {
    case 'unreachable':
      return 'Nothing that you typed is lost. Send it again when gate is back; if it may have arrived, look first.';
    case 'slow':
      return 'It may have arrived: look first, then send it again.';
    case 'signedOut':
      return 'Nothing that you typed is lost. Sign in in another tab, then send it again.';
    case 'conflict':
    case 'denied':
    case 'failed':
    case 'invalid':
    case 'missing':
    case 'unsupported':
      return advice(error);
  }
}

/** What to do next about an error of something that was asked for, as a sentence. */
export function advice(error: unknown): string {
  switch (error instanceof GateError ? error.kind : 'failed') {
    case 'unreachable':
      return 'This page tries again by itself.';
    case 'slow':
      return 'It took too long. This page tries again by itself.';
    case 'signedOut':
      return 'Sign in, then this page goes on.';
    case 'denied':
      return 'Ask whoever owns it for the permission.';
    case 'missing':
      return 'It may have been deleted or renamed. Look for it in the list.';
    case 'conflict':
      return 'Somebody else changed it meanwhile. Load it anew and do it again.';
    case 'invalid':
      return 'Change what is wrong and send it again.';
    case 'unsupported':
      return 'This gate does not offer it.';
    case 'failed':
      return 'Try again. If it fails again, give an operator the request id.';
  }
}

/** The sentence that an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
