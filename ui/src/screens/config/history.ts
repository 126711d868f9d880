/** Versions of an application's attributes: what differs between two, what makes one of the other, and attributes as JSON. */
import type { Fields } from '../../gate/wire';

/** What front50 writes by itself, and what is no attribute. */
const OWN: ReadonlySet<string> = new Set(['name', 'createTs', 'updateTs', 'lastModifiedBy', 'lastModified', 'user']);

/** A field that differs. */
export interface Change {
  readonly field: string;
  /** As JSON; undefined where it is not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What differs, field by field; an empty field is as one that is not there. */
export function changesBetween(before: Fields, after: Fields): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !OWN.has(name));
  return names
    .map((field) => ({ field, before: json(before[field]), after: json(after[field]) }))
    .filter((change) => change.before !== change.after)
    .toSorted((one, other) => one.field.localeCompare(other.field));
}

/**
 * The fields that make `now` the same as `wanted`; empty if nothing differs. front50 deletes no field of an application: what
 * `wanted` has not is sent empty, and guards, which it keeps where none are sent, are switched off.
 */
export function changing(now: Fields, wanted: Fields): Fields {
  const changed = changesBetween(now, wanted).map(({ field }) => [field, isAbsent(wanted[field]) ? emptied(field, now[field]) : wanted[field]] as const);
  return Object.fromEntries(changed.filter(([field, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(now[field])));
}

/** The fields that `wanted` has not and that stay all the same: what is no text, list or object cannot be empty. */
export function staying(now: Fields, wanted: Fields): string[] {
  return changesBetween(now, wanted)
    .map(({ field }) => field)
    .filter((field) => isAbsent(wanted[field]) && emptied(field, now[field]) === undefined);
}

function emptied(field: string, value: unknown): unknown {
  if (field === 'trafficGuards' && Array.isArray(value)) return value.map((guard: Fields) => ({ ...guard, enabled: false }));
  if (Array.isArray(value)) return [];
  if (typeof value === 'string') return '';
  if (typeof value === 'boolean') return false;
  return typeof value === 'object' ? {} : undefined;
}

function isAbsent(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function json(value: unknown): string | undefined {
  if (isAbsent(value)) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(sorted(value), null, 2);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => one.localeCompare(other)).map(([name, part]) => [name, sorted(part)]));
}

/** The attributes that a person may write, as JSON. */
export function attributesText(attributes: Fields): string {
  return JSON.stringify(Object.fromEntries(Object.entries(attributes).filter(([name]) => !OWN.has(name))), null, 2);
}

const LISTS = ['trafficGuards', 'instanceLinks', 'customBanners', 'defaultFilteredTags'] as const;

/** The attributes that a text says, or what is wrong with it. */
export function readAttributes(text: string): { readonly attributes: Fields } | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: `This is no JSON: ${placed(error instanceof Error ? error.message : String(error), text)}` };
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return { problem: 'Write an object: { … }.' };
  const attributes = value as Fields;
  const written = Object.keys(attributes).filter((name) => OWN.has(name));
  if (written.length > 0) return { problem: `${written.join(', ')} cannot be written: leave it out.` };
  if (typeof attributes['email'] !== 'string' || !attributes['email'].includes('@')) return { problem: 'email is needed, for example "team@example.com".' };
  const wrong = LISTS.find((name) => ![undefined, null].includes(attributes[name] as null) && !Array.isArray(attributes[name]));
  if (wrong !== undefined) return { problem: `${wrong} has to be a list: [ … ].` };
  return { attributes };
}

/** The message with the line in the place of a position. */
function placed(message: string, text: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined || message.includes('line')) return message;
  return message.replace(/position \d+/, `line ${text.slice(0, Number(position)).split('\n').length}`);
}
