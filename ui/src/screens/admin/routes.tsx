/** `#/admin`. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { rootRoute } from '../../app/root';
import { texts } from '../../app/search';

/** The screen of administrators. */
export const adminRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/admin',
  validateSearch: texts('q', 'attention', 'why'),
  component: lazyRouteComponent(() => import('./Admin'), 'Admin'),
});
