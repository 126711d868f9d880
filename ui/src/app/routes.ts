/** All routes: each screen's folder has its own in `routes.tsx`, and is named here. */
import { adminRoute } from '../screens/admin/routes';
import { applicationRoute, applicationsRoutes } from '../screens/applications/routes';
import { clustersInApplication, instanceLookup } from '../screens/clusters/routes';
import { configInApplication } from '../screens/config/routes';
import { editorInApplication } from '../screens/editor/routes';
import { executionLookup, executionsInApplication } from '../screens/executions/routes';
import { firewallsInApplication } from '../screens/firewalls/routes';
import { firstStepsRoute } from '../screens/first-steps/routes';
import { jobsInApplication } from '../screens/jobs/routes';
import { loadBalancersInApplication } from '../screens/loadBalancers/routes';
import { projectsRoutes } from '../screens/projects/routes';
import { searchRoute } from '../screens/search/routes';
import { taskLookup, tasksInApplication } from '../screens/tasks/routes';
import { rootRoute } from './root';

/** Screens within an application, in the order of their tabs. */
const inApplication = applicationRoute.addChildren([
  ...executionsInApplication,
  ...editorInApplication,
  ...clustersInApplication,
  ...loadBalancersInApplication,
  ...firewallsInApplication,
  ...jobsInApplication,
  ...tasksInApplication,
  ...configInApplication,
]);

/** The tree of all routes. */
export const routeTree = rootRoute.addChildren([
  ...applicationsRoutes,
  ...projectsRoutes,
  searchRoute,
  adminRoute,
  firstStepsRoute,
  executionLookup,
  taskLookup,
  instanceLookup,
  inApplication,
]);
