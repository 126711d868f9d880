/** `#/applications/A/clusters...`, and `#/instance/...`, which finds the application by itself. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { rootRoute } from '../../app/root';
import { texts } from '../../app/search';
import { applicationRoute } from '../applications/routes';
import { FILTERS } from './filters';

const clusters = createRoute({
  getParentRoute: () => applicationRoute,
  path: '/clusters',
  validateSearch: texts(...FILTERS, 'output'),
  component: lazyRouteComponent(() => import('./ClusterScreen'), 'ClusterScreen'),
});

const serverGroupDetails = createRoute({
  getParentRoute: () => clusters,
  path: '/serverGroupDetails/$provider/$account/$region/$name',
  component: lazyRouteComponent(() => import('./ServerGroupDetails'), 'ServerGroupDetails'),
});

const instanceDetails = createRoute({
  getParentRoute: () => clusters,
  path: '/instanceDetails/$provider/$instanceId',
  component: lazyRouteComponent(() => import('./InstanceDetails'), 'InstanceDetails'),
});

/** Screens within an application. */
export const clustersInApplication = [clusters.addChildren([serverGroupDetails, instanceDetails])] as const;

/** Leads to the instance within its application. */
export const instanceLookup = createRoute({
  getParentRoute: () => rootRoute,
  path: '/instance/$provider/$account/$region/$instanceId',
  component: lazyRouteComponent(() => import('./FindInstance'), 'FindInstance'),
});
