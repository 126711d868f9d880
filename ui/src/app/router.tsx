/** All routes: each screen's folder has its own in `routes.tsx`, and is named here. */
import { createHashHistory, createRouter } from '@tanstack/react-router';

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
import { Loading } from '../parts/States';
import { modern } from './old-links';
import { rootRoute } from './root';
import { parseSearch, stringifySearch } from './search';

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

const routeTree = rootRoute.addChildren([
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

/** Puts an old link right where it stands. */
export function rewriteOldLink(): void {
  const hash = modern(window.location.hash);
  if (hash !== window.location.hash) window.history.replaceState(window.history.state, '', hash);
}

rewriteOldLink();

/** The router; its addresses stand behind the `#`, as upstream's do. */
export const router = createRouter({
  routeTree,
  history: createHashHistory(),
  parseSearch,
  stringifySearch,
  defaultPendingComponent: () => <Loading what="the screen" />,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
