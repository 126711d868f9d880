/** `#/applications/A/loadBalancers...`. Where a cloud has no networks `vpcId` is `-`. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { texts } from '../../app/search';
import { applicationRoute } from '../applications/routes';
import { FILTERS } from './filters';

const list = createRoute({
  getParentRoute: () => applicationRoute,
  path: '/loadBalancers',
  validateSearch: texts(...FILTERS, 'sort'),
  component: lazyRouteComponent(() => import('./LoadBalancerScreen'), 'LoadBalancerScreen'),
});

const details = createRoute({
  getParentRoute: () => list,
  path: '/loadBalancerDetails/$provider/$account/$region/$vpcId/$name',
  component: lazyRouteComponent(() => import('./LoadBalancerDetails'), 'LoadBalancerDetails'),
});

/** Screens within an application. */
export const loadBalancersInApplication = [list.addChildren([details])] as const;
