/**
 * What stands behind the `?` of an address: texts, as upstream's links have them. Several of one thing are one text with
 * commas: `?status=RUNNING,PAUSED`.
 */

/** Texts by name; what is not there is undefined. */
export type Texts<Name extends string> = { [name in Name]?: string };

/** Reads these names of an address and leaves the others out: for a route's `validateSearch`. */
export function texts<const Name extends string>(...names: readonly Name[]): (given: Record<string, unknown>) => Texts<Name> {
  return (given) => {
    const found: Texts<Name> = {};
    for (const name of names) {
      const value = given[name];
      if (typeof value === 'string' && value !== '') found[name] = value;
    }
    return found;
  };
}

/** The parts of a list. */
export function listOf(text: string | undefined): string[] {
  return (text ?? '').split(',').map(decodePart).filter((part) => part !== '');
}

/** A list as one text; undefined if there is nothing in it. */
export function textOf(parts: Iterable<string>): string | undefined {
  const all = [...parts].map(encodePart);
  return all.length === 0 ? undefined : all.join(',');
}

/** The list without the part if it is in it, else with it. */
export function toggled(text: string | undefined, part: string): string | undefined {
  const parts = listOf(text);
  return textOf(parts.includes(part) ? parts.filter((one) => one !== part) : [...parts, part]);
}

// Names have commas too; upstream writes these as they are in `%2C`.
function encodePart(part: string): string {
  return part.replaceAll('%', '%25').replaceAll(',', '%2C');
}

function decodePart(part: string): string {
  return part.replaceAll(/%2c/gi, ',').replaceAll('%25', '%');
}

/** An address's query as an object of texts. */
export function parseSearch(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query));
}

/** The same back, with its question mark; nothing if it is empty. */
export function stringifySearch(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
