/** The names that things of one kind have: each has one of its own in its account. */

/** What is wrong with the name of a new one, or nothing. `kind` is what it is called: `firewall`. */
export function problemOfName(kind: string, { name, account }: Named, known: readonly Named[]): string | undefined {
  if (name.trim() === '') return `A ${kind} has a name.`;
  const isTaken = known.some((one) => one.name === name && one.account === account);
  return isTaken ? `There is a ${kind} ${name} already: edit it, or choose another name.` : undefined;
}

interface Named {
  readonly name: string;
  readonly account: string;
}
