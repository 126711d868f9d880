/**
 * Server-sent events as they come over a connection: text in pieces, events out.
 *
 * It is read with `fetch`, not with the browser's `EventSource`, which tells no statuses: a gate that has no events
 * (404) is asked in another way, and one that is away is tried again.
 */

/** An event; `id` is the last id that was told, as the standard says. */
export interface ServerEvent {
  readonly type: string;
  readonly data: string;
  readonly id: string;
}

/** Takes pieces of a stream and returns the events that they complete. */
export function eventParser(): (piece: string) => ServerEvent[] {
  let rest = '';
  let type = '';
  let id = '';
  let data: string[] = [];
  return (piece) => {
    const events: ServerEvent[] = [];
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) events.push({ type: type || 'message', data: data.join('\n'), id });
        type = '';
        data = [];
        continue;
      }
      const colon = line.indexOf(':');
      const field = colon === -1 ? line : line.slice(0, colon);
      const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'event') type = value;
      else if (field === 'data') data.push(value);
      else if (field === 'id' && !value.includes('\0')) id = value;
    }
    return events;
  };
}
