/** Reading and changing JSON at a path. Nothing is changed in place, and what is not on the path stays as it is. */
import type { Fields } from '../../../gate/wire';

/** Names from the outside in: `['capacity', 'min']`. */
export type Path = readonly string[];

/** Whether it is an object, and no list. */
export function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The value at a path; undefined where there is none. */
export function read(value: unknown, at: Path): unknown {
  let found: unknown = value;
  for (const name of at) found = isFields(found) ? found[name] : undefined;
  return found;
}

/** The object at a path; an empty one where there is none. */
export function fieldsAt(value: unknown, at: Path): Fields {
  const found = read(value, at);
  return isFields(found) ? found : {};
}

/** The list at a path; an empty one where there is none. */
export function listAt(value: unknown, at: Path): readonly unknown[] {
  const found = read(value, at);
  return Array.isArray(found) ? found : [];
}

/**
 * The object with another value at the path. `undefined` takes the key away, and with it objects that have nothing left.
 * What stands in the way and is no object (a text, say) is replaced.
 */
export function write(value: Fields, at: Path, next: unknown): Fields {
  const [name, ...rest] = at;
  if (name === undefined) return isFields(next) ? next : value;
  const inner = rest.length === 0 ? next : write(fieldsAt(value, [name]), rest, next);
  const isGone = inner === undefined || (rest.length > 0 && next === undefined && isFields(inner) && Object.keys(inner).length === 0);
  if (!isGone) return { ...value, [name]: inner };
  if (!(name in value)) return value;
  const { [name]: _, ...others } = value;
  return others;
}

/** What an object has besides these keys. */
export function without(value: Fields, names: ReadonlySet<string>): Fields {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name)));
}

/** The object with its keys besides `names` replaced by `others`; it keeps its order. A key of `names` in `others` is left out. */
export function withOthers(value: Fields, names: ReadonlySet<string>, others: Fields): Fields {
  const kept = Object.entries(value).filter(([name]) => names.has(name) || name in others);
  const merged = kept.map(([name, before]) => [name, names.has(name) ? before : others[name]] as const);
  return { ...Object.fromEntries(merged), ...without(others, new Set([...names, ...kept.map(([name]) => name)])) };
}

/** The value as a text that can be edited: JSON, unless it is a text already. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** Whether a value is, or holds, an expression: it has its real value only when the stage runs. */
export function isExpression(value: unknown): boolean {
  return typeof value === 'string' && value.includes('${');
}
