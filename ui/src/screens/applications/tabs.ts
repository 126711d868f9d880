/** The tabs of an application, in upstream's order. A screen that comes adds a line. */
import type { LinkProps } from '@tanstack/react-router';

/** A tab. */
export interface Tab {
  readonly label: string;
  readonly to: LinkProps['to'];
  /** The key that goes there. */
  readonly keys: string;
}

/** All tabs that there are. */
export const TABS: readonly Tab[] = [
  { label: 'Pipelines', to: '/applications/$application/executions', keys: 'g e' },
  { label: 'Clusters', to: '/applications/$application/clusters', keys: 'g c' },
  { label: 'Load balancers', to: '/applications/$application/loadBalancers', keys: 'g b' },
  { label: 'Firewalls', to: '/applications/$application/firewalls', keys: 'g f' },
  { label: 'Jobs', to: '/applications/$application/jobs', keys: 'g j' },
  { label: 'Tasks', to: '/applications/$application/tasks', keys: 'g t' },
  { label: 'Config', to: '/applications/$application/config', keys: 'g o' },
];
