/** `#/applications/A/jobs...`. Upstream has no screen of jobs. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { texts } from '../../app/search';
import { applicationRoute } from '../applications/routes';

const list = createRoute({
  getParentRoute: () => applicationRoute,
  path: '/jobs',
  validateSearch: texts('q', 'state', 'sort'),
  component: lazyRouteComponent(() => import('./JobScreen'), 'JobScreen'),
});

const details = createRoute({
  getParentRoute: () => list,
  path: '/jobDetails/$provider/$account/$location/$name',
  component: lazyRouteComponent(() => import('./JobDetails'), 'JobDetails'),
});

/** Screens within an application. */
export const jobsInApplication = [list.addChildren([details])] as const;
