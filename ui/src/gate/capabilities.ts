/** What this install can do: its stage types with what each reads, and the functions of expressions. */
import { queryOptions } from '@tanstack/react-query';

import { get } from './http';
import type { Fields } from './wire';

/** Nothing of it changes but by a new program or new settings, in milliseconds. */
const LASTING = 600_000;

/** A JSON Schema, as far as the page reads it. */
export interface JsonSchema {
  title?: string;
  description?: string;
  type?: string | readonly string[];
  properties?: Readonly<Record<string, JsonSchema>>;
  items?: JsonSchema;
  required?: readonly string[];
  enum?: readonly unknown[];
  const?: unknown;
  default?: unknown;
  anyOf?: readonly JsonSchema[];
  oneOf?: readonly JsonSchema[];
  pattern?: string;
}

/** What each stage type reads, by the type; `_stage` is what all of them do. */
export const stageSchemas = queryOptions({
  queryKey: ['stageSchemas'],
  queryFn: async ({ signal }) => {
    const { $defs } = await get<{ $defs: Record<string, JsonSchema> }>('/schemas/stages', { signal });
    return $defs;
  },
  staleTime: LASTING,
});

/** A function that an expression may call: `#toInt('3')`. */
export interface ExpressionFunction {
  name: string;
  description?: string;
  parameters: readonly { name: string; description?: string; type?: string }[];
}

/** The functions that expressions may call. */
export const expressionFunctions = queryOptions({
  queryKey: ['expressionFunctions'],
  queryFn: async ({ signal }) => (await get<{ functions: ExpressionFunction[] }>('/capabilities/expressions', { signal })).functions,
  staleTime: LASTING,
});

/** A webhook or a job that operators have prepared: a stage type of its own. */
export interface Preconfigured extends Fields {
  type: string;
  label?: string;
  description?: string;
  parameters?: readonly { name: string; label?: string; description?: string; defaultValue?: unknown; type?: string; mapping?: string }[];
}

/** The webhooks and jobs that operators have prepared. */
export const preconfiguredStages = queryOptions({
  queryKey: ['preconfiguredStages'],
  queryFn: async ({ signal }) => {
    const [webhooks, jobs] = await Promise.all([
      get<Preconfigured[]>('/webhooks/preconfigured', { signal }),
      get<Preconfigured[]>('/jobs/preconfigured', { signal }),
    ]);
    return [...webhooks, ...jobs];
  },
  staleTime: LASTING,
});
