import { describe, expect, it } from 'vitest';

import { eventParser } from './event-stream';

describe('a stream of events', () => {
  it('is the same however it is cut', () => {
    const text = ': hello\n\nevent: begin\nid: 7\ndata: {}\n\nevent: task\ndata: {"a":\ndata: 1}\n\ndata: x\r\n\r\n';
    const whole = eventParser()(text);
    expect(whole).toEqual([
      { type: 'begin', data: '{}', id: '7' },
      { type: 'task', data: '{"a":\n1}', id: '7' },
      { type: 'message', data: 'x', id: '7' },
    ]);
    for (let size = 1; size < 9; size += 1) {
      const parse = eventParser();
      const events = [];
      for (let at = 0; at < text.length; at += size) events.push(...parse(text.slice(at, at + size)));
      expect(events).toEqual(whole);
    }
  });

  it('tells nothing of comments and of events that are not complete', () => {
    expect(eventParser()(': a comment\n\nevent: x\n\ndata: never ended\n')).toEqual([]);
  });
});
