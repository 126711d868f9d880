/** `#/applications/A/firewalls...`. Where a cloud has no networks `vpcId` is `-`. */
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { texts } from '../../app/search';
import { applicationRoute } from '../applications/routes';
import { FILTERS } from './filters';

const list = createRoute({
  getParentRoute: () => applicationRoute,
  path: '/firewalls',
  validateSearch: texts(...FILTERS, 'sort'),
  component: lazyRouteComponent(() => import('./FirewallScreen'), 'FirewallScreen'),
});

const details = createRoute({
  getParentRoute: () => list,
  path: '/firewallDetails/$provider/$account/$region/$vpcId/$name',
  component: lazyRouteComponent(() => import('./FirewallDetails'), 'FirewallDetails'),
});

// How upstream called the screen before.
const securityGroups = createRoute({
  getParentRoute: () => applicationRoute,
  path: '/securityGroups',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/applications/$application/firewalls', params, replace: true });
  },
});

/** Screens within an application. */
export const firewallsInApplication = [list.addChildren([details]), securityGroups] as const;
