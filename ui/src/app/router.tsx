/** The router: what stands behind the `#` of an address leads to a screen. */
import { createHashHistory, createRouter } from '@tanstack/react-router';

import { Loading } from '../parts/States';
import { modern } from './old-links';
import { routeTree } from './routes';
import { parseSearch, stringifySearch } from './search';

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
