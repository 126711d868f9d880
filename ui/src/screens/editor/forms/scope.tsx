/** What all fields of a form know: the pipeline, the stage, and the run that expressions are tried on. */
import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';

import { expressionFunctions } from '../../../gate/capabilities';
import { executionsOf } from '../../../gate/executions';
import type { Execution } from '../../../gate/wire';
import type { Pipeline, StageConfig } from '../model';
import type { Known } from './completion';
import type { FormScope } from './spec';

/** How many of the newest runs expressions can be tried on. */
const RUNS = 10;

interface Scope extends FormScope {
  readonly known: Known;
  /** The newest runs, newest first. */
  readonly runs: readonly Execution[];
  readonly run: Execution | undefined;
  /** Tries expressions on another run. */
  readonly choose: (id: string) => void;
}

const Context = createContext<Scope | undefined>(undefined);

/** Puts a form around its fields. */
export function Scoped({ pipeline, stage, children }: { pipeline: Pipeline; stage?: StageConfig; children: ReactNode }) {
  const [chosen, choose] = useState<string>();
  const functions = useQuery(expressionFunctions).data;
  const past = useQuery({ ...executionsOf(pipeline.id ?? '', RUNS), enabled: pipeline.id !== undefined }).data;
  const scope = useMemo((): Scope => {
    const runs = past ?? [];
    const run = runs.find(({ id }) => id === chosen) ?? runs[0];
    return { pipeline, stage, runs, run, choose, known: { functions: functions ?? [], pipeline, stage, run } };
  }, [pipeline, stage, past, chosen, functions]);
  return <Context.Provider value={scope}>{children}</Context.Provider>;
}

/** What the field's form belongs to. */
export function useScope(): Scope {
  const scope = useContext(Context);
  if (!scope) throw new Error('A field stands in <Scoped>.');
  return scope;
}
