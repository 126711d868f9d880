/** How clusters are named: `application-stack-detail`, with what is missing left out. */
import type { Fields } from '../../../../gate/wire';

/** The cluster that a server group's settings make. */
export function clusterName(form: Fields, application: string): string {
  const moniker = (form['moniker'] ?? {}) as Fields;
  const part = (...values: readonly unknown[]): string => values.map((value) => (typeof value === 'string' ? value : '')).find((value) => value !== '') ?? '';
  const app = part(form['application'], moniker['app'], application);
  const stack = part(form['stack'], moniker['stack']);
  const detail = part(form['freeFormDetails'], moniker['detail']);
  // A detail without a stack keeps the stack's place.
  if (detail !== '') return `${app}-${stack}-${detail}`;
  return stack === '' ? app : `${app}-${stack}`;
}
