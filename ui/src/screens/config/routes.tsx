/** `#/applications/A/config`, with upstream's `?section=`. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { texts } from '../../app/search';
import { applicationRoute } from '../applications/routes';

const config = createRoute({
  getParentRoute: () => applicationRoute,
  path: '/config',
  validateSearch: texts('section'),
  component: lazyRouteComponent(() => import('./Config'), 'Config'),
});

/** Screens within an application. */
export const configInApplication = [config] as const;
