/** A project from its creation to its end, with what runs of it; and the search over everything. */
import { expect, it } from 'vitest';

import { accessible, ask, enter, leave, makeApplication, savePipeline, startPipeline, until, untilRun, visit } from './support';

const greeter = process.env['UI_GREETER'] ?? 'greeter';
const PROJECT = 'Sea & <b>shore';

/** Deploys one instance of the example server as `dock-prod` and returns the pipeline's id. */
async function deploy(): Promise<string> {
  await makeApplication('dock');
  await makeApplication('pier', 'Not in the project');
  const cluster = {
    account: 'local',
    cloudProvider: 'local',
    application: 'dock',
    stack: 'prod',
    region: 'local',
    capacity: { min: 1, max: 1, desired: 1 },
    command: greeter,
    environment: { GREETER_VERSION: '1' },
    healthCheck: { type: 'http', path: '/health' },
  };
  const id = await savePipeline('dock', 'Deploy, slowly', [{ type: 'deploy', name: 'Deploy', clusters: [cluster] }]);
  const run = await startPipeline('dock', 'Deploy, slowly');
  await untilRun(run, 'succeeds', ({ status }) => status === 'SUCCEEDED');
  return id;
}

it('is made, shows what runs of it, is changed and deleted by keyboard', async () => {
  const pipeline = await deploy();
  const page = await visit('#/projects');
  await page.getByRole('heading', { name: 'There is no project yet' }).waitFor();
  await accessible(page, 'no projects');
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('a/b');
  await dialog.getByLabel("Owner's e-mail").fill('crew@example.com');
  await dialog.getByText('A name has none of').waitFor();
  await dialog.getByLabel('Name').fill(PROJECT);
  await enter(dialog.getByRole('group', { name: 'Applications', exact: true }).getByRole('button', { name: /Applications/ }));
  await enter(page.getByRole('option', { name: 'dock' }));
  await enter(dialog.getByRole('button', { name: 'Add clusters' }));
  await enter(dialog.getByRole('group', { name: 'Pipelines', exact: true }).getByRole('button', { name: /Pipelines/ }));
  await enter(page.getByRole('option', { name: 'dock: Deploy, slowly' }));
  await accessible(page, 'the form of a project');
  await enter(dialog.getByRole('button', { name: 'Create' }));
  await page.waitForURL(/#\/projects\/.+\/dashboard$/);
  await page.getByRole('heading', { name: PROJECT }).waitFor();
  const clusters = page.getByRole('region', { name: 'Clusters', exact: true });
  await clusters.getByText('1 of 1 up').waitFor();
  await clusters.getByRole('link', { name: 'dock' }).waitFor();
  const pipelines = page.getByRole('region', { name: 'Pipelines', exact: true });
  await pipelines.getByRole('link', { name: 'Deploy, slowly', exact: true }).waitFor();
  await pipelines.getByText('Succeeded').waitFor();
  await accessible(page, 'the dashboard of a project');
  const kept = await ask<{ name: string; config: { applications: string[]; clusters: object[]; pipelineConfigs: object[] } }[]>('GET', '/projects');
  expect(kept).toMatchObject([
    { name: PROJECT, config: { applications: ['dock'], clusters: [{ account: 'local', stack: '*', detail: '*' }], pipelineConfigs: [{ application: 'dock', pipelineConfigId: pipeline }] } },
  ]);

  await enter(page.getByRole('button', { name: 'What can be done to the project' }));
  await enter(page.getByRole('menuitem', { name: 'Edit' }));
  await enter(dialog.getByRole('button', { name: 'Take dock out' }));
  await dialog.getByLabel('Name').fill('Shore');
  await enter(dialog.getByRole('button', { name: 'Save' }));
  await page.waitForURL(/#\/projects\/Shore\/dashboard$/);
  await page.getByText('The project names no pipelines.').waitFor();

  // Upstream's links of a project lead to it, and those of its applications to these.
  const base = page.url().replace(/#.*/, '');
  await page.goto(`${base}#/projects/Shore`);
  await page.waitForURL(/#\/projects\/Shore\/dashboard$/);
  await page.goto(`${base}#/projects/Shore/applications/dock/executions`);
  await page.waitForURL(/#\/applications\/dock\/executions$/);
  await page.goto(`${base}#/projects/Shore/dashboard`);
  await enter(page.getByRole('button', { name: 'What can be done to the project' }));
  await enter(page.getByRole('menuitem', { name: 'Delete' }));
  await enter(dialog.getByRole('button', { name: 'Delete' }));
  await page.getByText('Shore is deleted.').waitFor();
  await page.getByRole('heading', { name: 'There is no project yet' }).waitFor();
  await leave(page);
});

it('is said where there is none of the name', async () => {
  const page = await visit('#/projects/nothing/dashboard', { errorsExpected: true });
  await page.getByRole('heading', { name: 'There is no project nothing' }).waitFor();
  await accessible(page, 'no such project');
  await leave(page);
});

it('finds everything that has the letters in its name, as one types', async () => {
  const page = await visit('#/search');
  await page.getByRole('heading', { name: 'What are you looking for?' }).waitFor();
  await accessible(page, 'the search with nothing in it');
  await page.getByLabel('Search everything').fill('dock');
  const group = (name: string) => page.getByRole('region', { name, exact: true });
  await group('Applications').getByRole('link', { name: 'dock' }).waitFor();
  await group('Server groups').getByRole('link', { name: 'dock-prod-v000' }).waitFor();
  await group('Clusters').getByRole('link', { name: 'dock-prod' }).waitFor();
  expect(page.url()).toContain('q=dock');
  await accessible(page, 'the search with groups');
  await enter(page.getByRole('group', { name: 'Kinds' }).getByRole('button', { name: /^Server groups/ }));
  await group('Applications').waitFor({ state: 'detached' });
  expect(page.url()).toContain('tab=serverGroups');
  await page.reload();
  await group('Server groups').getByRole('link', { name: 'dock-prod-v000' }).waitFor();
  await enter(page.getByRole('group', { name: 'Kinds' }).getByRole('button', { name: 'All', exact: true }));
  await page.getByLabel('Search everything').fill('slowly');
  await group('Pipelines').getByRole('link', { name: 'Deploy, slowly' }).waitFor();
  await page.getByLabel('Search everything').fill('<img src=x onerror=alert(1)>');
  await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();

  const [run] = await ask<{ id: string }[]>('GET', '/applications/dock/pipelines?limit=1');
  await page.getByLabel('Search everything').fill(run?.id ?? '');
  await enter(group('Runs and tasks').getByRole('link', { name: 'Deploy, slowly' }));
  await page.waitForURL(new RegExp(`#/applications/dock/executions/details/${run?.id ?? ''}$`));
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('pie');
  await enter(page.getByRole('combobox'));
  await page.waitForURL(/#\/applications\/pier/);
  await leave(page);
});

it('lasts while gate is away', async () => {
  const page = await visit('#/search?q=dock', { errorsExpected: true });
  await page.getByRole('region', { name: 'Clusters', exact: true }).waitFor();
  await page.route(/\/search\?|\/version/, (route) => route.abort());
  await page.getByLabel('Search everything').fill('dock-prod');
  await page.getByText('gate cannot be reached.').waitFor();
  await page.unroute(/\/search\?|\/version/);
  await until('gate is back', async () => (await page.getByText('gate cannot be reached.').count()) === 0);
  await page.getByRole('region', { name: 'Server groups', exact: true }).getByRole('link', { name: 'dock-prod-v000' }).waitFor();
  await leave(page);
});
