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
  { label: 'Tasks', to: '/applications/$application/tasks', keys: 'g t' },
  { label: 'Config', to: '/applications/$application/config', keys: 'g f' },
];
