/** How the page is built, and how its tests run: `logic` needs nothing, `journeys` drive the real program in Chromium. */
import { realpathSync } from 'node:fs';

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  // The page may stand under a path of somebody's proxy.
  base: './',
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    target: 'es2023',
    // A picture inside a style sheet would be nothing that a browser may keep for ever.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
    // Every screen has these: in one file, since each of its own costs the first load a request and a kilobyte of headers.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'parts', test: /\/src\/(parts\/(?!Markdown)|gate\/)/ }] } } },
  },
  // `npm run dev` shows the sources as they are; what the page is configured with comes from a deck that runs.
  server: {
    port: 9001,
    // ui/node_modules is a link into the user's cache.
    fs: { allow: ['.', realpathSync('node_modules')] },
    proxy: { '^/settings(-local)?\\.js$': process.env['DECK'] ?? 'http://localhost:9000' },
  },
  test: {
    projects: [
      { test: { name: 'logic', include: ['src/**/*.test.ts'], environment: 'node' } },
      {
        test: {
          name: 'journeys',
          include: ['tests/**/*.journey.ts'],
          environment: 'node',
          testTimeout: 180_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
