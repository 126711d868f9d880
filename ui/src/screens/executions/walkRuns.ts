/** A key a run: each has as many links as it has stages, and nobody presses Tab so often. */

/** Goes to the run so many places on in the list: to how it is, which leads to it. */
export function walkRuns(by: 1 | -1): void {
  const runs = [...document.querySelectorAll<HTMLElement>('[data-execution]')];
  const at = runs.findIndex((run) => run.contains(document.activeElement));
  const next = at === -1 ? runs[by === 1 ? 0 : runs.length - 1] : runs[at + by];
  next?.querySelector('a')?.focus();
}
