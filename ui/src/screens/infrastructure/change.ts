/** A change of infrastructure before it is made: what it is called, what it will do, and how it is started. */
import type { Operation } from '../../gate/plans';
import { startTask } from '../../gate/tasks';
import type { Fields } from '../../gate/wire';

/** A change. */
export interface Change {
  /** `Resize shop-v001`. */
  readonly title: string;
  /** The word on the button. */
  readonly action: string;
  /** What will happen, in sentences. */
  readonly says: readonly string[];
  /** Whether something is lost, or leaves traffic. */
  readonly danger: boolean;
  /** A word that has to be typed first. */
  readonly typed?: string;
  /** The cloud's operations, in their order, to ask what they would change. */
  readonly operations: { readonly provider: string; readonly all: readonly Operation[] };
  /** The jobs of its task, as upstream's clients send them, to ask which steps they have. */
  readonly jobs: readonly Fields[];
  /** Starts it and returns the task's id. */
  readonly start: (reason: string) => Promise<string>;
}

/** A change that is one task with these jobs. */
export function taskChange(application: string, description: string, change: Omit<Change, 'start'>): Change {
  const start = (reason: string): Promise<string> => {
    const why = reason.trim() === '' ? {} : { reason: reason.trim() };
    return startTask(application, description, change.jobs.map((job) => ({ ...job, ...why })));
  };
  return { ...change, start };
}
