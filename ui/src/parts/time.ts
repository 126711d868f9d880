/** Times as text: in the zone that the user wants or else the configured one, ages and durations in the shortest form that says enough. */
import { settings } from '../gate/settings';
import { kept } from './store';

/** Whether a browser knows a time zone by this name. */
export function isZone(name: unknown): name is string {
  if (typeof name !== 'string') return false;
  if (name === '') return true;
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The zone that the user wants by its IANA name; empty is the configured one. It holds from the next load of the page on. */
export const preferredZone = kept<string>('gennaker.zone', '', isZone);

/** How moments are written; made with the first one, since to look up a zone takes a browser a while. */
let formats: { readonly precise: Intl.DateTimeFormat; readonly brief: Intl.DateTimeFormat } | undefined;

function formatsOf(timeZone: string): NonNullable<typeof formats> {
  const digits = { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
  return {
    precise: new Intl.DateTimeFormat('en-GB', { timeZone, year: 'numeric', ...digits, timeZoneName: 'short' }),
    brief: new Intl.DateTimeFormat('en-GB', { timeZone, month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }),
  };
}

function inZone(): NonNullable<typeof formats> {
  return (formats ??= formatsOf(preferredZone.get() || settings.defaultTimeZone));
}

/** `2026-11-29 00:19:17 PST`. */
export function moment(at: number): string {
  // Its text is put in order: parts of it cost eight times as much.
  return inZone().precise.format(at).replace(/^(\d+)\/(\d+)\/(\d+),\s*/, '$3-$2-$1 ');
}

/** `29 Nov, 00:19`, in the same zone. */
export function briefMoment(at: number): string {
  return inZone().brief.format(at);
}

/** How long: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`. */
export function duration(millis: number): string {
  const seconds = Math.max(0, millis) / 1000;
  if (seconds < 1) return `${Math.floor(seconds * 10) / 10} s`;
  const all = Math.floor(seconds);
  if (all < 60) return `${all} s`;
  const minutes = Math.floor(all / 60);
  if (minutes < 60) return pair(minutes, 'min', all % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return pair(hours, 'h', minutes % 60, 'min');
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function pair(large: number, one: string, small: number, other: string): string {
  return small === 0 ? `${large} ${one}` : `${large} ${one} ${small} ${other}`;
}

/** How long ago: `now`, `12 s ago`, `3 min ago`, `2 h ago`, `4 d ago`. */
export function age(at: number, now: number): string {
  const seconds = Math.floor((now - at) / 1000);
  if (seconds < 1) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}
