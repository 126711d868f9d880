/** `#/applications/A/tasks...`, and `#/tasks/ID`, which finds the application by itself. */
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { rootRoute } from '../../app/root';
import { texts } from '../../app/search';
import { client } from '../../gate/client';
import { task } from '../../gate/tasks';
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
  beforeLoad: async ({ params }) => {
    const found = await client.fetchQuery(task(params.taskId));
    throw redirect({
      to: '/applications/$application/tasks/$taskId',
      params: { application: found.application ?? found.execution?.application ?? 'spinnaker', taskId: found.id },
      replace: true,
    });
  },
  errorComponent: lazyRouteComponent(() => import('./NoTask'), 'NoTask'),
});
