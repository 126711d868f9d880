/** Runs of pipelines: started, watched, judged, held, cancelled, restarted; live, and at their old addresses. */
import { beforeAll, expect, it } from 'vitest';

import { Keys } from './keys';
import { accessible, ask, deck, enter, leave, makeApplication, savePipeline, startPipeline, until, untilRun, visit } from './support';

const APPLICATION = 'fleet';
const judgment = { type: 'manualJudgment', name: 'Approve', instructions: 'Is it good?', judgmentInputs: [{ value: 'blue' }, { value: 'green' }] };
const wait = (seconds: number, name = 'Wait') => ({ type: 'wait', name, waitTime: seconds });
const failing = {
  type: 'checkPreconditions',
  name: 'Check',
  preconditions: [{ type: 'expression', failPipeline: true, context: { expression: '${trigger.nope.nothing}' } }],
};

beforeAll(async () => {
  await makeApplication(APPLICATION);
  const parameterConfig = [
    { name: 'version', label: 'Version', required: true },
    { name: 'where', hasOptions: true, options: [{ value: 'eu' }, { value: 'us' }], default: 'eu' },
  ];
  await savePipeline(APPLICATION, 'deploy', [wait(1, 'Warm up'), judgment, wait(1, 'Soak')], { index: 0, parameterConfig });
  await savePipeline(APPLICATION, 'check', [wait(1), failing, wait(1, 'After')], { index: 1 });
  await savePipeline(APPLICATION, 'long', [wait(3600, 'Long wait')], { index: 2 });
  await savePipeline(APPLICATION, '<script>alert(1)</script> مرحبا 🎉', [wait(1)], { index: 3 });
});

it('is started with parameters by keyboard, judged, and seen live to its end', async () => {
  const page = await visit(`#/applications/${APPLICATION}`);
  await page.waitForURL(/#\/applications\/fleet\/executions$/);
  await page.getByRole('img', { name: /^Live/ }).waitFor();
  await page.getByRole('heading', { name: '<script>alert(1)</script> مرحبا 🎉' }).waitFor();
  const keys = new Keys(page);
  const start = page.getByRole('button', { name: 'Start deploy' });
  await keys.push(start);
  const dialog = page.getByRole('dialog');
  await keys.isAt(dialog.getByLabel('Version'));
  await accessible(page, 'the start of a pipeline');
  expect(await dialog.getByRole('button', { name: 'Start', exact: true }).isDisabled()).toBe(true);
  await keys.type('1.2.3');
  await keys.press('Enter');
  await keys.isAt(start);
  const group = page.getByRole('region', { name: 'deploy' });
  const row = group.getByRole('listitem').first();
  await row.getByText('version=1.2.3').waitFor();
  await row.getByText('Awaits judgment').waitFor();
  await accessible(page, 'the list of executions');

  await keys.press('j');
  await keys.isAt(row.getByRole('link').first());
  await keys.push(row.getByRole('link', { name: /^Approve/ }));
  await page.getByText('Is it good?').waitFor();
  await accessible(page, 'a judgment that waits');
  const go = page.getByRole('button', { name: 'Continue' });
  expect(await go.isDisabled(), 'without an input').toBe(true);
  await keys.pick(page.getByRole('button', { name: /Judgment input/ }), page.getByRole('option', { name: 'green' }));
  await keys.push(go);
  await page.getByText(/^Answered/).waitFor();
  await keys.isHeld();
  const [id] = /[0-9A-Z]{26}/.exec(page.url()) ?? [''];
  const run = await untilRun(id, 'succeeds', ({ status }) => status === 'SUCCEEDED');
  expect(run.trigger.parameters).toEqual({ version: '1.2.3', where: 'eu' });
  expect(run.stages.find(({ type }) => type === 'manualJudgment')?.context['judgmentInput']).toBe('green');
  // Nobody loads anything anew.
  await page.getByRole('heading', { name: 'deploy' }).locator('..').getByText('Succeeded').first().waitFor();

  await keys.push(page.getByRole('button', { name: 'Look at an earlier moment' }));
  await page.getByText('As it was').waitFor();
  await page.getByRole('group', { name: 'Stages as a graph' }).getByText('Not started').first().waitFor();
  expect(page.url()).toContain('at=');
  await keys.push(page.getByRole('button', { name: 'Back to now' }));
  await page.getByRole('group', { name: 'Stages as a graph' }).getByText('Not started').first().waitFor({ state: 'detached' });

  await keys.push(page.getByRole('link', { name: 'All executions' }));
  await start.waitFor();
  await keys.press('Control+k');
  await keys.isAt(page.getByRole('combobox'));
  await keys.type('start deploy');
  await page.getByRole('option', { name: 'Start deploy In fleet' }).waitFor();
  await keys.press('Enter');
  await until('the parameter is remembered', async () => (await dialog.getByLabel('Version').inputValue()) === '1.2.3');
  await keys.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await keys.isHeld();
  await leave(page);
});

it('shows why a stage failed, and runs it once more, by keyboard', async () => {
  await untilRun(await startPipeline(APPLICATION, 'check'), 'fails', ({ status }) => status === 'TERMINAL');
  const id = await startPipeline(APPLICATION, 'check');
  await untilRun(id, 'fails', ({ status }) => status === 'TERMINAL');
  const page = await visit(`#/executions/${id}`);
  await page.waitForURL(new RegExp(`#/applications/fleet/executions/details/${id}`));
  await page.getByRole('region', { name: 'Stage Check' }).waitFor();
  await page.getByText('Expressions that could not be evaluated').waitFor();
  await page.getByText('trigger.nope.nothing', { exact: true }).waitFor();
  await accessible(page, 'a run that failed');
  const keys = new Keys(page);
  await keys.push(page.getByRole('button', { name: 'Restart from here' }));
  await page.getByText('Check runs once more, and then After.').waitFor();
  await keys.push(page.getByRole('dialog').getByRole('button', { name: 'Restart' }));
  await page.getByText('Check runs once more.').waitFor();
  await keys.isHeld();
  const events = await untilRun(id, 'fails again', ({ status, stages }) => status === 'TERMINAL' && stages.some(({ name }) => name === 'Check'));
  expect(events.status).toBe('TERMINAL');

  await keys.pick(page.getByRole('button', { name: 'More that can be done to this run' }), page.getByRole('menuitem', { name: 'Compare with another run' }));
  const comparison = page.getByRole('region', { name: 'Comparison' });
  await keys.pick(comparison.getByRole('button', { name: /The other run/ }), page.getByRole('option').first());
  await comparison.getByRole('row', { name: /Check/ }).waitFor();
  await accessible(page, 'two runs side by side');
  await leave(page);
});

it('is held, let go, skipped over and cancelled with a reason', async () => {
  const id = await startPipeline(APPLICATION, 'long');
  const page = await visit(`#/applications/${APPLICATION}/executions/details/${id}`);
  await enter(page.getByRole('button', { name: 'Pause' }));
  await enter(page.getByRole('button', { name: 'Resume' }));
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await enter(page.getByRole('button', { name: 'Skip the wait' }));
  await enter(page.getByRole('dialog').getByRole('button', { name: 'Skip' }));
  await untilRun(id, 'succeeds', ({ status }) => status === 'SUCCEEDED');
  await page.getByRole('button', { name: 'Pause' }).waitFor({ state: 'detached' });

  const other = await startPipeline(APPLICATION, 'long');
  await page.goto(`${deck}/#/applications/${APPLICATION}/executions/${other}?stage=0`);
  await enter(page.getByRole('button', { name: 'Cancel …' }));
  await page.getByRole('dialog').getByLabel('Reason').fill('wrong <b>version</b>');
  await accessible(page, 'the question before a cancellation');
  await enter(page.getByRole('dialog').getByRole('button', { name: 'Cancel the run' }));
  await page.getByText('wrong <b>version</b>').waitFor();
  const run = await untilRun(other, 'is cancelled', ({ status }) => status === 'CANCELED');
  expect(run.cancellationReason).toBe('wrong <b>version</b>');
  await leave(page);
});

it('has filters in the address, which hold after a reload', async () => {
  await untilRun(await startPipeline(APPLICATION, 'check'), 'fails', ({ status }) => status === 'TERMINAL');
  const page = await visit(`#/applications/${APPLICATION}/executions?status=TERMINAL`);
  await page.getByRole('region', { name: 'check' }).waitFor();
  expect(await page.getByRole('region', { name: 'deploy' }).count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Failed' }).getAttribute('aria-pressed')).toBe('true');
  await page.getByRole('searchbox').fill('no such words');
  await page.getByText('No run matches').waitFor();
  await page.reload();
  await page.getByText('No run matches').waitFor();
  await enter(page.getByRole('button', { name: 'Show all' }));
  await page.getByRole('region', { name: 'deploy' }).waitFor();
  expect(new URL(page.url()).hash).toBe('#/applications/fleet/executions');
  await leave(page);
});

it('shows tasks at their addresses', async () => {
  const tasks = await ask<{ id: string }[]>('GET', `/applications/${APPLICATION}/tasks`);
  const page = await visit(`#/tasks/${tasks[0]?.id}`);
  await page.waitForURL(/#\/applications\/fleet\/tasks\//);
  await page.getByRole('region', { name: 'Steps' }).getByText('createApplication').waitFor();
  await accessible(page, 'a task');
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.getByRole('link', { name: 'Create fleet' }).waitFor();
  await accessible(page, 'the list of tasks');
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Go to Pipelines').waitFor();
  await accessible(page, 'the list of keys');
  await leave(page);
});
