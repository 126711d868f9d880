/** `#/applications` and the frame of `#/applications/A/...`, which other screens' routes stand under. */
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { rootRoute } from '../../app/root';
import { texts } from '../../app/search';
import { applications } from '../../gate/applications';
import { client } from '../../gate/client';
import { ApplicationList } from './ApplicationList';

const home = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/applications' });
  },
});

const list = createRoute({
  getParentRoute: () => rootRoute,
  path: '/applications',
  validateSearch: texts('q', 'sort', 'create'),
  // What most come for first is asked for before anything is drawn, and its screen is loaded with the page itself.
  loader: () => void client.prefetchQuery(applications),
  component: ApplicationList,
});

/** Screens of no one application. */
export const applicationsRoutes = [home, list] as const;

/** Parent of the routes of screens within an application. */
export const applicationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/applications/$application',
  component: lazyRouteComponent(() => import('./ApplicationFrame'), 'ApplicationFrame'),
});
