/** gate away, broken, slow, or without its user: every screen says so, loses nothing, and goes on by itself. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';

import { accessible, enter, gate, leave, makeApplication, savePipeline, startPipeline, untilRun, visit } from './support';

const APPLICATION = 'storm';
const ALL = `${gate}/**`;
let run = '';

beforeAll(async () => {
  await makeApplication(APPLICATION);
  await savePipeline(APPLICATION, 'deploy', [{ type: 'wait', name: 'Wait', waitTime: 1 }]);
  run = await startPipeline(APPLICATION, 'deploy');
  await untilRun(run, 'succeeds', ({ status }) => status === 'SUCCEEDED');
});

/** Each screen: its address, what is on it when all is well, and what it says it cannot show. */
const screens = (): [string, (page: Page) => Promise<void>, RegExp][] => [
  ['#/applications', (page) => page.getByRole('link', { name: APPLICATION }).first().waitFor(), /The applications cannot be shown/],
  [`#/applications/${APPLICATION}/executions`, (page) => page.getByRole('region', { name: 'deploy' }).waitFor(), /The application cannot be shown/],
  [`#/applications/${APPLICATION}/executions/details/${run}`, (page) => page.getByRole('region', { name: 'Stage Wait' }).waitFor(), /The application cannot be shown/],
  [`#/applications/${APPLICATION}/tasks`, (page) => page.getByRole('table', { name: 'Tasks' }).waitFor(), /The application cannot be shown/],
];

it('is said on every screen while gate cannot be reached, and over when it is back', async () => {
  for (const [hash, there] of screens()) {
    const page = await visit(hash, { errorsExpected: true });
    await there(page);
    await page.route(ALL, (route) => route.abort());
    // Whatever the page asks next finds nobody; what is shown stays.
    await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByText('gate cannot be reached. What you see may be old').waitFor();
    await accessible(page, `${hash} while gate is away`);
    await page.unroute(ALL);
    await there(page);
    await page.getByText('gate cannot be reached. What you see may be old').waitFor({ state: 'detached' });
    await leave(page);
  }
});

it('is said with the request id where gate is broken, and each screen recovers alone', async () => {
  for (const [hash, there, says] of screens()) {
    const page = await visit('#/no/such/screen', { errorsExpected: true });
    await page.route(ALL, (route) =>
      route.fulfill({
        status: 500,
        contentType: 'application/json',
        headers: { 'access-control-allow-origin': new URL(page.url()).origin, 'access-control-allow-credentials': 'true', 'access-control-allow-headers': '*,x-ratelimit-app,content-type,accept' },
        body: JSON.stringify({ message: 'the store <b>burns</b>', requestId: 'R-4711' }),
      }),
    );
    await page.goto(page.url().replace(/#.*/, hash));
    await page.getByRole('heading', { name: says }).waitFor();
    await page.getByText('the store <b>burns</b>').first().waitFor();
    await page.getByText('R-4711').first().waitFor();
    await accessible(page, `${hash} with an error`);
    await page.unroute(ALL);
    await there(page);
    await leave(page);
  }
});

it('shows that it loads while gate is slow', async () => {
  const page = await visit('#/no/such/screen', { errorsExpected: true });
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(`${gate}/applications`, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(page.url().replace(/#.*/, '#/applications'));
  await page.getByText('Loading applications').waitFor();
  release();
  await page.getByRole('link', { name: APPLICATION }).first().waitFor();
  await leave(page);
});

it('keeps what was typed while nobody is signed in, and goes on after it', async () => {
  const page = await visit('#/applications', { errorsExpected: true });
  await page.getByRole('link', { name: APPLICATION }).first().waitFor();
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('calm');
  await dialog.getByLabel("Owner's e-mail").fill('crew@example.com');
  await page.route(ALL, (route) =>
    route.fulfill({
      status: 401,
      contentType: 'application/json',
      headers: { 'access-control-allow-origin': new URL(page.url()).origin, 'access-control-allow-credentials': 'true', 'access-control-allow-headers': '*,x-ratelimit-app,content-type,accept' },
      body: JSON.stringify({ message: 'Unauthorized' }),
    }),
  );
  await enter(dialog.getByRole('button', { name: 'Create' }));
  await dialog.getByText('Sign in, then this page goes on.').waitFor();
  await page.getByText('You are signed out.').waitFor();
  expect(await dialog.getByLabel('Name').inputValue()).toBe('calm');
  await page.unroute(ALL);
  await page.getByText('You are signed out.').waitFor({ state: 'detached' });
  await enter(dialog.getByRole('button', { name: 'Create' }));
  await page.waitForURL(/#\/applications\/calm/);
  await leave(page);
});
