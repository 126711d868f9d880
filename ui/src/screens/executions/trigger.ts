/** What started an execution, in a few words, and where it is. */
import type { Execution, Trigger } from '../../gate/wire';

/** `started by ann`, `cron`, `build web #12`, `pipeline deploy`. */
export function causeOf(execution: Execution): string {
  const { trigger } = execution;
  const user = trigger.user ?? execution.authentication?.user;
  const text = (name: string): string | undefined => (typeof trigger[name] === 'string' && trigger[name] !== '' ? (trigger[name] as string) : undefined);
  switch (trigger.type) {
    case 'manual':
      return user ? `started by ${nameOf(user)}` : 'started by hand';
    case 'cron':
      return 'cron';
    case 'pipeline':
      return `pipeline ${parentOf(trigger)?.name ?? ''}`.trim();
    case 'git':
      return `git ${[text('project'), text('slug')].filter(Boolean).join('/')} ${text('branch') ?? ''}`.trim();
    case 'docker':
      return `image ${text('repository') ?? ''}:${text('tag') ?? ''}`;
    case 'jenkins':
    case 'travis':
    case 'concourse':
      return `build ${text('job') ?? ''} #${String(trigger['buildNumber'] ?? '')}`;
    default:
      return trigger.type ?? 'started';
  }
}

function nameOf(user: string): string {
  return user === '[anonymous]' ? 'anonymous' : user;
}

/** The execution that started this one. */
export function parentOf(trigger: Trigger): Execution | undefined {
  const parent = trigger['parentExecution'];
  return parent !== null && typeof parent === 'object' ? (parent as Execution) : undefined;
}

/** The parameters with the values that they had, in their order. */
export function parametersOf(trigger: Trigger): { name: string; value: string }[] {
  return Object.entries(trigger.parameters ?? {}).map(([name, value]) => ({
    name,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }));
}

/** The hash of its details. */
export function hashOf({ application, id }: Pick<Execution, 'application' | 'id'>): string {
  return `#/applications/${encodeURIComponent(application)}/executions/details/${encodeURIComponent(id)}`;
}
