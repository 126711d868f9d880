/** What a pipeline would do, as `POST /pipelines/plan` answers. Only Gennaker's gate has it. */
import type { Fields } from './wire';

/** A part of a plan: a pipeline's steps are its stages, a stage's its tasks, an operation's its changes. */
export interface Plan {
  of: 'PIPELINE' | 'STAGE' | 'TASK' | 'OPERATION' | 'CHANGE';
  type?: string;
  name?: string;
  refId?: string;
  /** What would come of it, as far as it can be said now. */
  outcome: 'RUNS' | 'WAITS' | 'SKIPPED' | 'FAILS' | 'UNREACHED' | 'UNKNOWN';
  remarks?: { severity: 'PROBLEM' | 'DOUBT' | 'NOTE'; message: string }[];
  waits?: { for: string; until?: number; message: string }[];
  /** Its expressions that have no value yet. */
  unresolved?: { expression: string; reason: string }[];
  settings?: Fields;
  /** The stages before a stage's tasks, and those expected after them. */
  before?: Plan[];
  after?: Plan[];
  steps?: Plan[];
}
