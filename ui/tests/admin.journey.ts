/** Administration: services, accounts, nodes, and what does not go on; and the first steps of an empty install. */
import { expect, it } from 'vitest';

import { accessible, ask, enter, leave, makeApplication, savePipeline, startPipeline, untilRun, visit } from './support';

it('takes the first steps, each with a button that does it', async () => {
  const page = await visit('#/applications');
  await page.getByRole('heading', { name: 'There is no application yet' }).waitFor();
  await accessible(page, 'an empty install');
  await page.getByText('or in a terminal').first().click();
  await page.getByText(/^gennaker .*app save --name hello/).waitFor();
  await page.getByLabel('Your e-mail address').fill('nobody');
  await page.getByText('Write an address such as').waitFor();
  await page.getByLabel('Your e-mail address').fill('me@example.com');
  await enter(page.getByRole('button', { name: 'Create hello' }));
  await page.waitForURL(/#\/first-steps$/);
  await enter(page.getByRole('button', { name: 'Save the pipeline' }));
  await accessible(page, 'the first steps');
  await enter(page.getByRole('button', { name: 'Run the pipeline' }));
  await page.waitForURL(/#\/applications\/hello\/executions\/details\//);
  const id = page.url().split('/').at(-1) ?? '';
  await enter(page.getByRole('button', { name: 'Continue' }));
  const run = await untilRun(id, 'succeeds', ({ status }) => status === 'SUCCEEDED');
  expect(run.stages.map(({ type }) => type)).toContain('deploy');
  await page.getByText('Succeeded').first().waitFor();
  await leave(page);
});

it('shows how all is, says why something waits, and holds and lets go everything', async () => {
  await makeApplication('tug');
  await savePipeline('tug', 'Pull <b>hard</b>', [{ type: 'manualJudgment', name: 'Pull?' }]);
  const waits = await startPipeline('tug', 'Pull <b>hard</b>');
  await untilRun(waits, 'waits', ({ stages }) => stages.some(({ status }) => status === 'RUNNING'));
  const page = await visit('#/admin');
  const section = (name: string) => page.getByRole('region', { name, exact: true });
  await section('Services').getByText('clouddriver').waitFor();
  await section('Accounts').getByText('local').first().waitFor();
  await section('Nodes').getByText(/lease/).first().waitFor();
  const executions = section('Executions');
  await executions.getByRole('link', { name: 'Pull <b>hard</b>' }).waitFor();
  await executions.getByText('All go on, or wait as they should.').waitFor();
  await executions.getByRole('row', { name: /Pull/ }).getByText('Waits', { exact: true }).waitFor();
  await accessible(page, 'the administration');

  await enter(executions.getByRole('button', { name: /^Why does Pull/ }));
  const dialog = page.getByRole('dialog');
  await dialog.getByText("waits for a person's judgment").waitFor();
  await dialog.getByText(`gennaker execution judge ${waits}`).waitFor();
  expect(page.url()).toContain(`why=${waits}`);
  await accessible(page, 'a diagnosis');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  const nodes = section('Nodes');
  await enter(nodes.getByRole('button', { name: /^Pause all pipelines/ }));
  await dialog.getByText('whoever started it').waitFor();
  await accessible(page, 'the question before everything is paused');
  await enter(dialog.getByRole('button', { name: /^Pause \d/ }));
  await dialog.waitFor({ state: 'detached' });
  await untilRun(waits, 'is paused', ({ status }) => status === 'PAUSED');
  await enter(nodes.getByRole('button', { name: /^Resume all/ }));
  await enter(dialog.getByRole('button', { name: /^Resume \d/ }));
  await dialog.waitFor({ state: 'detached' });
  await untilRun(waits, 'goes on', ({ status }) => status === 'RUNNING');

  await enter(nodes.getByRole('button', { name: 'Take nothing new' }));
  await nodes.getByText('takes nothing new').waitFor();
  const held = await ask<{ nodes: { enabled?: boolean }[] }>('GET', '/admin/executions/active');
  expect(held.nodes.some(({ enabled }) => enabled === false)).toBe(true);
  await enter(nodes.getByRole('button', { name: 'Take new work' }));
  await nodes.getByText('takes nothing new').waitFor({ state: 'detached' });

  await enter(executions.getByRole('button', { name: /^More for Pull/ }));
  await enter(page.getByRole('menuitem', { name: 'End by force …' }));
  await enter(dialog.getByRole('button', { name: 'End it' }));
  await untilRun(waits, 'is ended', ({ status }) => status === 'CANCELED');
  await executions.getByRole('link', { name: 'Pull <b>hard</b>' }).waitFor({ state: 'detached' });
  await leave(page);
});

it('says what is wrong where something is', async () => {
  const page = await visit('#/applications', { errorsExpected: true });
  const headers = { 'access-control-allow-origin': new URL(page.url()).origin, 'access-control-allow-credentials': 'true' };
  await page.route('**/admin/health', (route) =>
    route.fulfill({ headers, json: { orca: { status: 'DOWN', components: { engine: { status: 'DOWN', details: { reason: 'the store <burns>' } } } }, gate: { status: 'UP', components: {} } } }),
  );
  await page.route('**/credentials?*', (route) => route.fulfill({ headers, json: [{ name: 'far', cloudProvider: 'aws', inventory: { problem: 'no agent <answers>' } }] }));
  await page.route('**/admin/executions/active?*', (route) =>
    route.fulfill({
      headers,
      json: {
        nodes: [{ node: 'dead', epoch: 3, alive: false, executions: [{ id: 'E', type: 'PIPELINE', application: 'tug', name: 'Lost', status: 'RUNNING', startTime: 1, signals: 0 }] }],
        unowned: [],
        complete: false,
      },
    }),
  );
  await page.goto(page.url().replace(/#.*/, '#/admin'));
  await page.getByText('the store <burns>').waitFor();
  await page.getByText('no agent <answers>').waitFor();
  await page.getByText('One needs a look.').waitFor();
  await page.getByText('There are more than these').waitFor();
  await accessible(page, 'the administration with something wrong');
  await page.route('**/admin/executions/active?*', (route) => route.fulfill({ status: 403, headers, json: { message: 'Only administrators may do this.' } }));
  await page.reload();
  await page.getByText('Only administrators may do this.').waitFor();
  await page.getByText('Ask whoever owns it for the permission.').waitFor();
  await leave(page);
});

it('shows times in the zone that the user wants', async () => {
  const page = await visit('#/applications/hello/executions');
  // Keys are listened to once the screen is there.
  await page.getByRole('heading', { name: 'hello' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('preferences');
  await enter(page.getByRole('combobox'));
  const dialog = page.getByRole('dialog');
  await enter(dialog.getByRole('button', { name: /Time zone/ }));
  await accessible(page, 'the preferences');
  await enter(page.getByRole('option', { name: 'Asia/Tokyo' }));
  await enter(dialog.getByRole('button', { name: 'Save' }));
  await page.goto(page.url().replace(/#.*/, '#/applications/hello/config'));
  await page.getByRole('region', { name: 'History' }).getByText(/GMT\+9|JST/).first().waitFor();
  await leave(page);
});
