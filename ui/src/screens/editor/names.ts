/** What a pipeline may be called. */

/** What is wrong with a name; `taken` are those that others have. Upstream's pages refuse the same letters. */
export function nameProblem(name: string, taken: readonly string[]): string | undefined {
  const given = name.trim();
  if (given === '') return 'Give it a name.';
  if (/[\\/?%#]/.test(given)) return 'A name has none of \\ / ? % #: addresses are made of it.';
  if (taken.some((one) => one.trim().toLowerCase() === given.toLowerCase())) return 'There is one of this name.';
  return undefined;
}
