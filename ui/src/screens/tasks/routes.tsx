/** `#/applications/A/tasks...`, and `#/tasks/ID`, which finds the application by itself. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { rootRoute } from '../../app/root';
import { texts } from '../../app/search';
import { applicationRoute } from '../applications/routes';

const list = createRoute({
  getParentRoute: () => applicationRoute,
  path: '/tasks',
  validateSearch: texts('q', 'status'),
  component: lazyRouteComponent(() => import('./TaskList'), 'TaskList'),
});

const details = createRoute({
  getParentRoute: () => applicationRoute,
  path: '/tasks/$taskId',
  component: lazyRouteComponent(() => import('./TaskDetails'), 'TaskDetails'),
});

/** Screens within an application. */
export const tasksInApplication = [list, details] as const;

/** Leads to the details within the application. */
export const taskLookup = createRoute({
  getParentRoute: () => rootRoute,
  path: '/tasks/$taskId',
  component: lazyRouteComponent(() => import('./FindTask'), 'FindTask'),
});
