/** The page's start. */
import './styles/tokens.css';
import './styles/base.css';

import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { keepFocus } from './app/keepFocus';
import { rewriteOldLink, router } from './app/router';
import { listenToKeys } from './app/shortcuts';
import { applyTheme } from './app/theme';
import { client } from './gate/client';

applyTheme();
listenToKeys();
keepFocus();
// Before the router's own: it reads the address when it changes.
window.addEventListener('hashchange', rewriteOldLink, { capture: true });

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
