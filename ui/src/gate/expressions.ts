/** Trying expressions on a run: `/pipelines/{id}/evaluateExpression`. */
import { queryOptions } from '@tanstack/react-query';

import { get, path, post } from './http';

/** What became of an expression: its value, and what could not be evaluated. */
export interface Evaluated {
  result?: unknown;
  detail?: Readonly<Record<string, readonly { description: string; level: string }[]>>;
}

/** The text with its expressions evaluated as in this run; with `stage`, as in that stage of it. It changes nothing. */
export function evaluated(run: string, stage: string | undefined, text: string) {
  return queryOptions({
    queryKey: ['evaluated', run, stage, text],
    queryFn: ({ signal }) =>
      stage === undefined
        ? post<Evaluated>(path('pipelines', run, 'evaluateExpression'), { expression: text }, { signal })
        : get<Evaluated>(path('pipelines', run, stage, 'evaluateExpression'), { query: { expression: text }, signal }),
    staleTime: 60_000,
  });
}

/** The sentences about what could not be evaluated. */
export function errorsOf({ detail }: Evaluated): string[] {
  return Object.values(detail ?? {})
    .flat()
    .map(({ description }) => description);
}
