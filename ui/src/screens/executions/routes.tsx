/** `#/applications/A/executions...`, and `#/executions/ID`, which finds the application by itself. */
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { rootRoute } from '../../app/root';
import { texts } from '../../app/search';
import { applicationRoute } from '../applications/routes';
import { FILTERS } from './filters';

/** What links to an execution say of the stage that is looked at. */
const link = texts('stage', 'subStage', 'step', 'details', 'stageId', 'refId', 'at', 'with');

const list = createRoute({
  getParentRoute: () => applicationRoute,
  path: '/executions',
  validateSearch: texts(...FILTERS, 'startManualExecution'),
  component: lazyRouteComponent(() => import('./ExecutionList'), 'ExecutionList'),
});

const details = createRoute({
  getParentRoute: () => applicationRoute,
  path: '/executions/details/$executionId',
  validateSearch: link,
  component: lazyRouteComponent(() => import('./ExecutionDetails'), 'ExecutionDetails'),
});

// Upstream opens the details within the list.
const withinList = createRoute({
  getParentRoute: () => applicationRoute,
  path: '/executions/$executionId',
  validateSearch: link,
  beforeLoad: ({ params, search }) => {
    throw redirect({ to: '/applications/$application/executions/details/$executionId', params, search, replace: true });
  },
});

// An application's first screen.
const first = createRoute({
  getParentRoute: () => applicationRoute,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/applications/$application/executions', params, replace: true });
  },
});

/** Screens within an application. */
export const executionsInApplication = [first, list, details, withinList] as const;

/** Leads to the details within the application. */
export const executionLookup = createRoute({
  getParentRoute: () => rootRoute,
  path: '/executions/$executionId',
  validateSearch: link,
  component: lazyRouteComponent(() => import('./FindExecution'), 'FindExecution'),
});
