/** `#/projects`, `#/projects/P/dashboard`, and `#/projects/P`, which leads there. */
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { rootRoute } from '../../app/root';
import { texts } from '../../app/search';

const list = createRoute({
  getParentRoute: () => rootRoute,
  path: '/projects',
  validateSearch: texts('q', 'sort', 'create'),
  component: lazyRouteComponent(() => import('./ProjectList'), 'ProjectList'),
});

const dashboard = createRoute({
  getParentRoute: () => rootRoute,
  path: '/projects/$project/dashboard',
  component: lazyRouteComponent(() => import('./Dashboard'), 'Dashboard'),
});

const bare = createRoute({
  getParentRoute: () => rootRoute,
  path: '/projects/$project',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/projects/$project/dashboard', params, replace: true });
  },
});

/** The screens of projects. */
export const projectsRoutes = [list, dashboard, bare] as const;
