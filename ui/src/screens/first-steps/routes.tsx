/** `#/first-steps`. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { rootRoute } from '../../app/root';

/** From an empty install to a run. */
export const firstStepsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/first-steps',
  component: lazyRouteComponent(() => import('./FirstStepsScreen'), 'FirstStepsScreen'),
});
