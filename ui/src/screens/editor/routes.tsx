/** `#/applications/A/executions/configure/ID`, as upstream's, and `#/applications/A/executions/create`. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { texts } from '../../app/search';
import { applicationRoute } from '../applications/routes';

const configure = createRoute({
  getParentRoute: () => applicationRoute,
  path: '/executions/configure/$pipelineId',
  // Upstream's links say `new` and `executionId`.
  validateSearch: texts('stage', 'section', 'new', 'executionId'),
  component: lazyRouteComponent(() => import('./Editor'), 'Editor'),
});

const create = createRoute({
  getParentRoute: () => applicationRoute,
  path: '/executions/create',
  validateSearch: texts('copy', 'strategy', 'template'),
  component: lazyRouteComponent(() => import('./CreatePipeline'), 'CreatePipeline'),
});

/** Screens within an application. */
export const editorInApplication = [configure, create] as const;
