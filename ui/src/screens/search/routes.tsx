/** `#/search?q=`, with upstream's `tab`, `account` and `region`. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { rootRoute } from '../../app/root';
import { texts } from '../../app/search';

/** The search. */
export const searchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/search',
  validateSearch: texts('q', 'tab', 'account', 'region'),
  component: lazyRouteComponent(() => import('./Search'), 'Search'),
});
