/** The route that every screen's stands under, and how addresses are read. Screens import this, and nothing else of `app/`. */
import { createRootRoute } from '@tanstack/react-router';

import { Shell } from './Shell';
import { Lost } from './Lost';
import { Broken } from './Broken';

/** Parent of the routes of screens that belong to no application. */
export const rootRoute = createRootRoute({ component: Shell, notFoundComponent: Lost, errorComponent: Broken });
