/** The forms of the editor: stages picked and filled in, expressions tried, triggers and parameters; what is saved runs. */
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';

import { accessible, ask, enter, leave, makeApplication, savePipeline, startPipeline, until, untilRun, visit, type Run } from './support';

const APPLICATION = 'loom';
const greeter = process.env['UI_GREETER'] ?? 'greeter';

interface Saved extends Record<string, unknown> {
  id: string;
  name: string;
  stages: Record<string, unknown>[];
  triggers: Record<string, unknown>[];
  parameterConfig: Record<string, unknown>[];
  expectedArtifacts: Record<string, unknown>[];
}

beforeAll(async () => {
  await makeApplication(APPLICATION);
});

async function saved(name: string): Promise<Saved> {
  const all = await ask<Saved[]>('GET', `/applications/${APPLICATION}/pipelineConfigs`);
  const found = all.find((one) => one.name === name);
  if (!found) throw new Error(`there is no pipeline ${name}`);
  return found;
}

async function open(id: string, section = ''): Promise<Page> {
  const page = await visit(`#/applications/${APPLICATION}/executions/configure/${id}${section && `?section=${section}`}`);
  await page.getByRole('tablist', { name: 'Parts of the pipeline' }).waitFor();
  return page;
}

async function save(page: Page, name: string): Promise<void> {
  await enter(page.getByRole('button', { name: 'Save …' }));
  const dialog = page.getByRole('dialog', { name: `Save ${name}` });
  await enter(dialog.getByRole('button', { name: 'Save', exact: true }));
  await dialog.waitFor({ state: 'detached' });
}

/** Picks a stage type by its name. */
async function add(page: Page, typed: string, label: string): Promise<Locator> {
  await enter(page.getByRole('button', { name: /^Add (after|first)|^Add a stage/ }).first());
  const dialog = page.getByRole('dialog');
  const field = dialog.getByRole('combobox', { name: 'Find a stage type' });
  await field.fill(typed);
  await dialog.getByRole('option', { name: new RegExp(`^${label}`) }).first().waitFor();
  await enter(field);
  await dialog.waitFor({ state: 'detached' });
  const stage = page.getByRole('region', { name: `Stage ${label}` });
  await stage.waitFor();
  return stage;
}

/** Chooses in a list that opens. */
async function choose(page: Page, within: Locator, label: RegExp, option: string): Promise<void> {
  await enter(within.getByRole('button', { name: label }).first());
  await enter(page.getByRole('option', { name: option }).first());
}

it('completes an expression, shows its value in a past run, and keeps what it does not know', async () => {
  const parameterConfig = [{ name: 'seconds', default: '1' }];
  const stages = [{ type: 'wait', name: 'Soak', waitTime: 1, ours: { kept: [1] } }];
  const id = await savePipeline(APPLICATION, 'tried', stages, { parameterConfig, spelEvaluator: 'v4', oursToo: true });
  await untilRun(await startPipeline(APPLICATION, 'tried', { seconds: '2' }), 'succeeds', ({ status }) => status === 'SUCCEEDED');
  const page = await open(id);
  const stage = page.getByRole('region', { name: 'Stage Soak' });
  const seconds = stage.getByLabel('Seconds', { exact: false }).first();
  await seconds.fill('');
  await seconds.pressSequentially('${para');
  await page.getByRole('option', { name: /^parameters/ }).waitFor();
  await accessible(page, 'what can follow in an expression');
  await seconds.press('Enter');
  await seconds.pressSequentially('.');
  await page.getByRole('option', { name: 'seconds' }).waitFor();
  await seconds.press('Enter');
  await seconds.pressSequentially('}');
  expect(await seconds.inputValue()).toBe('${parameters.seconds}');
  await enter(stage.getByRole('button', { name: 'Try it: Seconds' }));
  const preview = stage.getByRole('region', { name: 'Seconds in a past run' });
  await preview.getByText('2', { exact: true }).waitFor();
  await accessible(page, 'an expression that is tried');
  await seconds.fill('${parameters.seconds.nothing}');
  await preview.getByText(/Failed to evaluate/).waitFor();
  await seconds.fill('${parameters.seconds}');
  await preview.getByText('2', { exact: true }).waitFor();
  expect(JSON.parse(await stage.getByLabel('Other settings of the stage').inputValue())).toEqual({ ours: { kept: [1] } });
  await choose(page, stage, /If it fails/, 'Ignore the failure, and go on');
  await save(page, 'tried');
  const after = await saved('tried');
  expect(after.stages[0]).toMatchObject({ waitTime: '${parameters.seconds}', ours: { kept: [1] }, continuePipeline: true, failPipeline: false });
  expect(after['oursToo']).toBe(true);
  await leave(page);
});

it('picks stages from the list and asks people', async () => {
  const id = await savePipeline(APPLICATION, 'asked', []);
  const page = await open(id);
  await enter(page.getByRole('button', { name: /^Add (first|a stage)/ }).first());
  await page.getByRole('dialog').getByRole('option', { name: /^Manual judgment/ }).waitFor();
  await accessible(page, 'the list of stage types');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  const judgment = await add(page, 'judg', 'Manual judgment');
  await judgment.getByLabel('Instructions').fill('Look at the **dashboards** first.');
  await enter(judgment.getByRole('button', { name: 'Add answer' }));
  await judgment.getByLabel('Answer 1', { exact: true }).fill('blue');
  await enter(judgment.getByText('When it runs', { exact: true }));
  await judgment.getByLabel('Runs only if').fill("parameters.mode == 'all'");
  await accessible(page, 'the form of a judgment');

  const check = await add(page, 'precond', 'Check preconditions');
  await enter(check.getByRole('button', { name: 'Add condition' }));
  await enter(page.getByRole('menuitem', { name: 'Expression' }));
  await check.getByLabel('Has to be true', { exact: false }).first().fill('true');

  await save(page, 'asked');
  const { stages } = await saved('asked');
  expect(stages).toMatchObject([
    { type: 'manualJudgment', instructions: 'Look at the **dashboards** first.', judgmentInputs: [{ value: 'blue' }], stageEnabled: { type: 'expression', expression: "parameters.mode == 'all'" } },
    { type: 'checkPreconditions', preconditions: [{ type: 'expression', failPipeline: true, context: { expression: 'true' } }] },
  ]);
  await leave(page);
});

it('writes calls and operations, and stages that have their schema only', async () => {
  const id = await savePipeline(APPLICATION, 'called', []);
  const page = await open(id);
  const hook = await add(page, 'webhook', 'Webhook');
  await hook.getByLabel('Address', { exact: false }).first().fill('http://localhost/${execution.id}');
  await hook.getByLabel('Body').fill('{"a": ');
  await hook.getByText(/This is not JSON yet/).waitFor();
  await hook.getByLabel('Body').fill('{"a": ["${trigger.user}"]}');
  await hook.getByText(/This is not JSON yet/).waitFor({ state: 'detached' });
  await enter(hook.getByRole('button', { name: 'Add to Headers' }));
  await hook.getByLabel('Name 1 of Headers').fill('X-Mode');
  await hook.getByLabel('Value of X-Mode').fill('all');

  const resize = await add(page, 'resize', 'Resize server group');
  await choose(page, resize, /Account/, 'local');
  // The account says its cloud and its only region.
  await until('its region is ticked', async () => resize.getByRole('checkbox', { name: 'local' }).isChecked());
  await resize.getByLabel('Cluster', { exact: false }).first().fill('loom-web');
  await resize.getByRole('combobox', { name: /^Desired/ }).fill('many');
  await resize.getByText(/Write a whole number/).waitFor();
  await resize.getByRole('combobox', { name: /^Desired/ }).fill('3');
  await accessible(page, 'the form of a resize');

  // A type without a form of its own has one of its schema.
  const tags = await add(page, 'tag image', 'Tag image');
  await enter(tags.getByRole('button', { name: 'Add to Tags' }));
  await tags.getByLabel('Name 1 of Tags').fill('stable');
  await tags.getByLabel('Value of stable').fill('yes');
  await accessible(page, 'the form of a schema');
  await save(page, 'called');

  const { stages } = await saved('called');
  expect(stages).toMatchObject([
    { type: 'webhook', url: 'http://localhost/${execution.id}', method: 'POST', payload: { a: ['${trigger.user}'] }, customHeaders: { 'X-Mode': 'all' } },
    { type: 'resizeServerGroup', credentials: 'local', cloudProvider: 'local', regions: ['local'], cluster: 'loom-web', moniker: { app: 'loom', stack: 'web', cluster: 'loom-web' }, target: 'current_asg_dynamic', capacity: { desired: 3 } },
    { type: 'upsertImageTags', tags: { stable: 'yes' } },
  ]);
  await leave(page);
});

it('deploys a server group that was filled in', async () => {
  const id = await savePipeline(APPLICATION, 'ship', []);
  const page = await open(id);
  const deploy = await add(page, 'deploy', 'Deploy');
  const group = deploy.getByRole('listitem', { name: /^Server group 1/ });
  await choose(page, group, /Account/, 'local');
  await group.getByLabel('Stack').fill('web');
  await group.getByText('The cluster is loom-web.').waitFor();
  await group.getByLabel('Command', { exact: true }).fill(greeter);
  await enter(group.getByRole('button', { name: 'Add to Environment' }));
  await group.getByLabel('Name 1 of Environment').fill('GREETER_VERSION');
  await group.getByLabel('Value of GREETER_VERSION').fill('${execution.name}');
  await choose(page, group, /Strategy/, 'Rolling red/black: step by step');
  await enter(group.getByRole('button', { name: 'Add to Steps, in percent' }));
  await group.getByLabel('Step 1', { exact: true }).fill('50');
  await choose(page, group, /Healthy when/, 'It answers over HTTP');
  await group.getByLabel('Path', { exact: false }).first().fill('/health');
  await accessible(page, 'the form of a deployment');
  await save(page, 'ship');
  const { stages } = await saved('ship');
  expect(stages[0]?.['clusters']).toEqual([
    {
      account: 'local',
      application: APPLICATION,
      cloudProvider: 'local',
      region: 'local',
      stack: 'web',
      command: greeter,
      environment: { GREETER_VERSION: '${execution.name}' },
      capacity: { min: 1, max: 1, desired: 1 },
      strategy: 'rollingredblack',
      targetPercentages: [50],
      healthCheck: { type: 'http', path: '/health' },
    },
  ]);
  const run = await untilRun(await startPipeline(APPLICATION, 'ship'), 'ends', ({ status }) => status === 'SUCCEEDED' || status === 'TERMINAL');
  expect(run.status).toBe('SUCCEEDED');
  await until('the server group is there', async () => {
    const groups = await ask<{ name: string }[]>('GET', `/applications/${APPLICATION}/serverGroups`);
    return groups.some(({ name }) => name.startsWith('loom-web-v'));
  });
  await leave(page);
});

it('has triggers that fire, parameters and artifacts', async () => {
  const id = await savePipeline(APPLICATION, 'fired', [{ type: 'wait', name: 'Wait', waitTime: 1 }]);
  const page = await open(id, 'triggers');
  await enter(page.getByRole('button', { name: 'Add trigger' }));
  await enter(page.getByRole('menuitem', { name: 'Webhook', exact: true }));
  const hook = page.getByRole('listitem', { name: /^Trigger 1/ });
  await hook.getByLabel('Source', { exact: false }).first().fill('loom-ci');
  await hook.getByText(/\/webhooks\/webhook\/loom-ci/).waitFor();
  await enter(hook.getByRole('button', { name: 'Add to Payload has to have' }));
  await hook.getByLabel('Name 1 of Payload has to have').fill('branch');
  await hook.getByLabel('Value of branch').fill('main');
  await enter(page.getByRole('button', { name: 'Add trigger' }));
  await enter(page.getByRole('menuitem', { name: 'Schedule' }));
  const schedule = page.getByRole('listitem', { name: /^Trigger 2/ });
  await schedule.getByLabel('Schedule', { exact: false }).first().fill('0 0 3 ? * MON-FRI');
  await schedule.getByText(/Monday through Friday/).waitFor();
  await schedule.getByLabel('Schedule', { exact: false }).first().fill('often');
  await schedule.getByText(/It is no schedule/).waitFor();
  await accessible(page, 'triggers');
  await enter(schedule.getByRole('button', { name: 'Remove Trigger 2' }));
  await schedule.waitFor({ state: 'detached' });

  await enter(page.getByRole('tab', { name: /^Parameters/ }));
  for (const name of ['version', 'where']) {
    await enter(page.getByRole('button', { name: 'Add parameter' }));
    await page.getByRole('listitem', { name: /^Parameter/ }).last().getByLabel('Name', { exact: false }).first().fill(name);
  }
  const last = page.getByRole('listitem', { name: /^Parameter 2/ });
  await last.getByText('One of some values').click();
  await enter(last.getByRole('button', { name: 'Add value' }));
  await last.getByLabel('Value 1', { exact: true }).fill('eu');
  await last.getByLabel('Default').fill('us');
  await last.getByText('It is none of the values.').waitFor();
  await last.getByLabel('Default').fill('eu');
  await accessible(page, 'parameters');
  await enter(page.getByRole('button', { name: 'Move Parameter 2 up' }));
  await page.getByRole('listitem', { name: 'Parameter 1: where' }).waitFor();

  await enter(page.getByRole('tab', { name: /^Artifacts/ }));
  await enter(page.getByRole('button', { name: 'Add artifact' }));
  const artifact = page.getByRole('listitem', { name: /^Artifact 1/ });
  await artifact.getByLabel('Name for people', { exact: false }).first().fill('image');
  await choose(page, artifact, /Account/, 'docker-registry');
  await artifact.getByLabel('Type').fill('docker/image');
  await accessible(page, 'artifacts');
  await enter(page.getByRole('tab', { name: /^Settings/ }));
  await page.getByText('Keep all runs that wait').click();
  await accessible(page, 'settings');
  await save(page, 'fired');

  const after = await saved('fired');
  expect(after.triggers).toMatchObject([{ type: 'webhook', enabled: true, source: 'loom-ci', payloadConstraints: { branch: 'main' } }]);
  expect(after.triggers).toHaveLength(1);
  expect(after.parameterConfig).toMatchObject([{ name: 'where', hasOptions: true, options: [{ value: 'eu' }], default: 'eu' }, { name: 'version' }]);
  expect(after.expectedArtifacts).toMatchObject([{ displayName: 'image', matchArtifact: { artifactAccount: 'docker-registry', type: 'docker/image' } }]);
  expect(after['keepWaitingPipelines']).toBe(true);

  // echo learns of a pipeline a moment after it was saved.
  await until('the webhook starts it', async () => {
    await ask('POST', '/webhooks/webhook/loom-ci', { branch: 'main' });
    const runs = await ask<Run[]>('GET', `/executions?pipelineConfigIds=${id}&limit=1`);
    return runs.length > 0;
  });
  await leave(page);
});
