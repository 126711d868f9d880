/** Pipelines written, changed and saved in the editor: by keyboard, as text, by two people at once, and back to an old version. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';

import { accessible, ask, deck, enter, gate, leave, makeApplication, savePipeline, until, untilRun, visit } from './support';

const APPLICATION = 'yard';
const ALL = `${gate}/**`;
const LONG = 'x'.repeat(5000);
const wait = (name: string, waitTime = 1, more: object = {}) => ({ type: 'wait', name, waitTime, ...more });

interface Saved {
  id: string;
  name: string;
  disabled?: boolean;
  locked?: { ui: boolean };
  stages: { refId: string; requisiteStageRefIds: string[]; name: string; type: string; waitTime?: number }[];
}

beforeAll(async () => {
  await makeApplication(APPLICATION);
});

/** The pipeline as gate keeps it. */
async function saved(name: string): Promise<Saved> {
  const all = await ask<Saved[]>('GET', `/applications/${APPLICATION}/pipelineConfigs`);
  const found = all.find((one) => one.name === name);
  if (!found) throw new Error(`there is no pipeline ${name}`);
  return found;
}

/** The editor of a pipeline, with its stages on the screen. */
async function open(id: string, options: Parameters<typeof visit>[1] = {}): Promise<Page> {
  const page = await visit(`#/applications/${APPLICATION}/executions/configure/${id}`, options);
  await ready(page);
  return page;
}

async function ready(page: Page): Promise<void> {
  await page.getByRole('list', { name: 'Stages in their order' }).waitFor();
  await page.locator('.react-flow__node').first().waitFor();
}

/** The names of the stages in the list. */
async function names(page: Page): Promise<string[]> {
  return page.getByRole('list', { name: 'Stages in their order' }).locator('bdi[class*="name"]').allTextContents();
}

/** Writes a stage with keys only: its type, its name, how long it waits. */
async function typeStage(page: Page, name: string): Promise<void> {
  await page.keyboard.press('a');
  const dialog = page.getByRole('dialog');
  await dialog.locator('input:focus').waitFor();
  await page.keyboard.type('wait');
  await dialog.getByRole('option', { name: /^Wait/ }).first().waitFor();
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('region', { name: /^Stage Wait/ }).waitFor();
  await page.keyboard.press('e');
  await page.locator('[data-stage-name] input:focus').waitFor();
  await page.keyboard.type(name);
  await page.getByRole('region', { name: `Stage ${name}` }).waitFor();
  const seconds = page.getByLabel('Seconds', { exact: false }).first();
  await enter(seconds, 'Control+a');
  await page.keyboard.type('1');
  await page.keyboard.press('Tab');
  // The keys of the screen hold where nobody types.
  await enter(page.getByRole('list', { name: 'Stages in their order' }).locator('button[aria-current="true"]'), 'Shift');
}

/** Looks at what is changed, and saves it. */
async function save(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+s');
  const dialog = page.getByRole('dialog', { name: `Save ${name}` });
  await enter(dialog.getByRole('button', { name: 'Save', exact: true }));
  await page.getByText(`${name} is saved.`).first().waitFor();
  await dialog.waitFor({ state: 'detached' });
}

it('is written with three stages by keyboard, saved and run', async () => {
  const page = await visit(`#/applications/${APPLICATION}/executions`);
  await page.getByText('There is no pipeline yet').waitFor();
  await page.keyboard.press('c');
  await page.getByRole('heading', { name: 'New pipeline' }).waitFor();
  await accessible(page, 'a new pipeline');
  await page.getByLabel('Name').press('b');
  await page.keyboard.type('uild');
  await page.keyboard.press('Enter');
  await page.waitForURL(/executions\/configure\/[^?]+\?new=1$/);
  await page.getByText('There is no stage yet').waitFor();
  await accessible(page, 'a pipeline without stages');

  for (const name of ['Bake', 'Ship', 'Cheer']) await typeStage(page, name);
  expect(await names(page)).toEqual(['Bake', 'Ship', 'Cheer']);
  await accessible(page, 'three stages');
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Add a stage after the chosen one').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  // The last is to wait for nothing, and then for the second again.
  await page.keyboard.press('w');
  const dialog = page.getByRole('dialog');
  await enter(dialog.getByRole('checkbox', { name: 'Ship' }), 'Space');
  await accessible(page, 'what a stage waits for');
  await enter(dialog.getByRole('button', { name: 'Set' }));
  await page.getByRole('region', { name: 'Stage Cheer' }).getByText('starts at once').waitFor();
  await page.keyboard.press('u');
  await page.getByRole('region', { name: 'Stage Cheer' }).getByText('after Ship').waitFor();

  await page.keyboard.press('p');
  await page.getByRole('region', { name: 'Plan' }).getByText('Cheer', { exact: true }).waitFor();
  await accessible(page, 'what it would do');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  await page.keyboard.press('s');
  await page.getByRole('region', { name: 'What you changed' }).getByText('The stage Bake is added.').waitFor();
  await accessible(page, 'what is changed');
  await enter(page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }));
  await page.getByText('build is saved.').waitFor();
  const { stages } = await saved('build');
  expect(stages.map(({ name, type, waitTime, requisiteStageRefIds }) => [name, type, waitTime, requisiteStageRefIds])).toEqual([
    ['Bake', 'wait', 1, []],
    ['Ship', 'wait', 1, ['1']],
    ['Cheer', 'wait', 1, ['2']],
  ]);

  await enter(page.getByRole('button', { name: 'Start …' }));
  await enter(page.getByRole('dialog').getByRole('button', { name: 'Start', exact: true }));
  const row = page.getByRole('region', { name: 'build' }).getByRole('listitem').first();
  await row.getByText('Succeeded').waitFor();
  const id = (await row.getAttribute('data-execution')) ?? '';
  const run = await untilRun(id, 'succeeds', ({ status }) => status === 'SUCCEEDED');
  expect(run.stages.map(({ name }) => name)).toEqual(['Bake', 'Ship', 'Cheer']);
  await leave(page);
});

it('has steps back and forth, copies, moves and deletes', async () => {
  const id = await savePipeline(APPLICATION, 'steps', [wait('A'), wait('B'), wait('C')]);
  const page = await open(id);
  const order = (what: string, expected: readonly string[]) => until(what, async () => (await names(page)).join() === expected.join());
  await page.keyboard.press('d');
  await order('it is copied', ['A', 'A 2', 'B', 'C']);
  await page.keyboard.press('x');
  await order('the copy is deleted', ['A', 'B', 'C']);
  await page.keyboard.press('j');
  await page.getByRole('region', { name: 'Stage B' }).waitFor();
  await page.keyboard.press('Delete');
  await order('B is deleted', ['A', 'C']);
  await page.keyboard.press('j');
  await page.getByRole('region', { name: 'Stage C' }).getByText('after A').waitFor();
  for (const expected of [['A', 'B', 'C'], ['A', 'A 2', 'B', 'C'], ['A', 'B', 'C']]) {
    await page.keyboard.press('Control+z');
    await order(`it is ${expected.join()} again`, expected);
  }
  await page.getByText(/^Saved /).waitFor();
  await page.keyboard.press('Control+Shift+z');
  await order('it is copied again', ['A', 'A 2', 'B', 'C']);
  await page.keyboard.press('Control+z');

  // A is put behind C: what waited for it waits for nothing.
  await page.keyboard.press('k');
  await page.keyboard.press('k');
  await page.getByRole('region', { name: 'Stage A' }).waitFor();
  await page.keyboard.press('m');
  await enter(page.getByRole('dialog').getByRole('button', { name: /After/ }));
  await enter(page.getByRole('option', { name: 'C', exact: true }));
  await enter(page.getByRole('dialog').getByRole('button', { name: 'Move' }));
  await order('A is last', ['B', 'C', 'A']);
  await save(page, 'steps');
  expect((await saved('steps')).stages.map(({ name, requisiteStageRefIds }) => [name, requisiteStageRefIds])).toEqual([['B', []], ['C', ['2']], ['A', ['3']]]);
  await leave(page);
});

it('draws lines with the mouse, and refuses circles', async () => {
  const id = await savePipeline(APPLICATION, 'lines', [wait('One'), wait('Two', 1, { requisiteStageRefIds: [] })]);
  const page = await open(id);
  const handle = (name: string, side: 'left' | 'right') => page.locator('.react-flow__node', { hasText: name }).locator(`.react-flow__handle-${side}`);
  await handle('One', 'right').dragTo(handle('Two', 'left'));
  await enter(page.getByRole('button', { name: /^2\s*Two/ }));
  await page.getByRole('region', { name: 'Stage Two' }).getByText('after One').waitFor();
  // Where the line ends at is no place for it.
  await handle('Two', 'right').dragTo(handle('One', 'left'));
  await page.locator('.react-flow__edge').first().waitFor({ state: 'attached' });
  expect(await page.locator('.react-flow__edge').count()).toBe(1);
  await page.keyboard.press('w');
  await page.getByRole('dialog').getByRole('checkbox', { name: 'One' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('k');
  await page.getByRole('region', { name: 'Stage One' }).waitFor();
  await page.keyboard.press('w');
  await page.getByRole('dialog').getByText('There is no stage that it could wait for').waitFor();
  await page.keyboard.press('Escape');
  await leave(page);
});

it('refuses JSON that is none, keeps it, and takes it when it is right', async () => {
  const id = await savePipeline(APPLICATION, 'texts', [wait('Only')]);
  const page = await open(id);
  await page.keyboard.press('v');
  const text = page.getByRole('textbox', { name: 'The pipeline as JSON' });
  await text.waitFor();
  await accessible(page, 'a pipeline as JSON');
  await text.focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText('{\n  "name": "texts",\n  "stages": [ oops ]\n}');
  await page.getByRole('button', { name: /^Line 3, column/ }).waitFor();
  await accessible(page, 'a text that is no JSON');
  await enter(page.getByRole('tab', { name: /^Stages/ }), 'Space');
  await until('the stage is still there', async () => (await names(page)).join() === 'Only');
  // A reload keeps the text too.
  await until('it is kept', async () => page.evaluate((key) => localStorage.getItem(key)?.includes('oops') === true, `gennaker.pipeline.${id}`));
  await page.reload();
  await page.getByText('that were not saved').waitFor();
  await enter(page.getByRole('tab', { name: 'JSON' }), 'Space');
  await text.getByText('oops').waitFor();
  await text.focus();
  await page.keyboard.press('Control+a');
  const stages = [{ refId: '1', type: 'wait', name: 'First', waitTime: 2, requisiteStageRefIds: [] }, { refId: '2', type: 'wait', name: 'Second', waitTime: 3, requisiteStageRefIds: ['1'] }];
  await page.keyboard.insertText(JSON.stringify({ name: 'texts', custom: { kept: true }, stages }, null, 2));
  await page.getByText('Not applied yet').waitFor({ state: 'detached' });
  await enter(page.getByRole('tab', { name: 'YAML' }), 'Space');
  const yaml = page.getByRole('textbox', { name: 'The pipeline as YAML' });
  await yaml.getByText('name: Second').waitFor();
  await accessible(page, 'a pipeline as YAML');
  await save(page, 'texts');
  expect(await saved('texts')).toMatchObject({ id, custom: { kept: true }, stages: [{ name: 'First' }, { name: 'Second', waitTime: 3 }] });
  await leave(page);
});

it('tells two people of one another, and lets the later one choose', async () => {
  const id = await savePipeline(APPLICATION, 'shared', [wait('Bake'), wait('Ship')]);
  const mine = await open(id);
  const theirs = await open(id);
  await rename(mine, 'Bake', 'Bake well');
  await rename(theirs, 'Ship', 'Ship fast');
  await save(theirs, 'shared');

  await mine.keyboard.press('Control+s');
  await enter(mine.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }));
  const dialog = mine.getByRole('dialog', { name: /saved shared too$/ });
  await dialog.getByRole('region', { name: 'What anonymous changed' }).getByText('The stage Ship fast is changed: it was called Ship.').waitFor();
  await dialog.getByRole('region', { name: 'What you changed' }).getByText('The stage Bake well is changed: it was called Bake.').waitFor();
  await enter(dialog.getByRole('button', { name: 'See the differences' }));
  await dialog.getByRole('textbox', { name: 'How yours differs from theirs' }).waitFor();
  await accessible(mine, 'two versions');
  await enter(dialog.getByRole('button', { name: 'Put both together' }));
  await enter(mine.getByRole('dialog', { name: 'Save shared' }).getByRole('button', { name: 'Save', exact: true }));
  await mine.getByText('shared is saved.').first().waitFor();
  expect((await saved('shared')).stages.map(({ name }) => name)).toEqual(['Bake well', 'Ship fast']);
  // Who has changed nothing sees the newest by himself.
  await theirs.getByText('You see the newest version.').waitFor();
  expect(await names(theirs)).toEqual(['Bake well', 'Ship fast']);

  // Both change the same: it is for the later one to say which.
  await rename(mine, 'Ship fast', 'Ship mine');
  await rename(theirs, 'Ship fast', 'Ship theirs');
  await save(theirs, 'shared');
  await mine.getByText('while you change it').waitFor();
  await enter(mine.getByRole('button', { name: 'Look at both …' }));
  await mine.getByRole('note', { name: 'What both changed' }).getByText('the stage Ship mine').waitFor();
  await enter(mine.getByRole('button', { name: 'Take theirs' }));
  await until('theirs is shown', async () => (await names(mine)).join() === 'Bake well,Ship theirs');
  await mine.getByText(/^Saved /).waitFor();
  await mine.keyboard.press('u');
  await until('mine is not lost', async () => (await names(mine)).join() === 'Bake well,Ship mine');
  await save(mine, 'shared');
  expect((await saved('shared')).stages.map(({ name }) => name)).toEqual(['Bake well', 'Ship mine']);
  await leave(mine);
  await leave(theirs);
});

it('goes back to an old version', async () => {
  const id = await savePipeline(APPLICATION, 'old', [wait('Good')]);
  await savePipeline(APPLICATION, 'old', [wait('Bad'), wait('Worse')], { id });
  const page = await open(id);
  await page.keyboard.press('h');
  const dialog = page.getByRole('dialog', { name: 'Versions of old' });
  await dialog.getByRole('region', { name: 'What it changed' }).getByText('The stage Worse is added.').waitFor();
  await accessible(page, 'the versions');
  await enter(dialog.getByRole('list', { name: 'Versions, the newest first' }).getByRole('button').nth(1));
  await enter(dialog.getByRole('button', { name: 'Put this version back' }));
  await until('the old version is shown', async () => (await names(page)).join() === 'Good');
  await save(page, 'old');
  expect((await saved('old')).stages.map(({ name }) => name)).toEqual(['Good']);
  await leave(page);
});

it('asks before changes are left, and offers them afterwards', async () => {
  const id = await savePipeline(APPLICATION, 'left', [wait('Stay')]);
  const page = await open(id);
  await rename(page, 'Stay', 'Gone');
  await enter(page.getByRole('link', { name: 'All pipelines' }));
  const dialog = page.getByRole('dialog', { name: 'left is not saved' });
  await dialog.waitFor();
  await accessible(page, 'the question before leaving');
  await enter(dialog.getByRole('button', { name: 'Stay' }));
  await dialog.waitFor({ state: 'detached' });
  await enter(page.getByRole('link', { name: 'All pipelines' }));
  await enter(dialog.getByRole('button', { name: 'Leave and keep them' }));
  await enter(page.getByRole('region', { name: 'left' }).getByRole('link', { name: 'Configure left' }));
  await page.getByText('that were not saved').waitFor();
  await until('the changes are there', async () => (await names(page)).join() === 'Gone');
  await enter(page.getByRole('button', { name: 'Drop them' }));
  await until('they are dropped', async () => (await names(page)).join() === 'Stay');
  await enter(page.getByRole('link', { name: 'All pipelines' }));
  await page.getByRole('region', { name: 'left' }).waitFor();
  expect((await saved('left')).stages.map(({ name }) => name)).toEqual(['Stay']);
  await leave(page);
});

it('loses nothing while gate is away', async () => {
  const id = await savePipeline(APPLICATION, 'away', [wait('Calm')]);
  const page = await open(id, { errorsExpected: true });
  await page.route(ALL, (route) => route.abort());
  await rename(page, 'Calm', 'Storm');
  await page.keyboard.press('Control+s');
  const dialog = page.getByRole('dialog', { name: 'Save away' });
  await enter(dialog.getByRole('button', { name: 'Save', exact: true }));
  await dialog.getByText(/cannot be reached/).waitFor();
  await accessible(page, 'a save that failed');
  await page.keyboard.press('Escape');
  await page.reload();
  await page.getByText('gate cannot be reached. What you see may be old').waitFor();
  await page.unroute(ALL);
  await page.getByText('that were not saved').waitFor();
  await until('what was typed is there', async () => (await names(page)).join() === 'Storm');
  await save(page, 'away');
  expect((await saved('away')).stages.map(({ name }) => name)).toEqual(['Storm']);
  await leave(page);
});

it('is renamed, disabled, locked and deleted', async () => {
  const id = await savePipeline(APPLICATION, 'fate', [wait('Only')]);
  const page = await open(id);
  const act = async (name: string): Promise<void> => {
    await enter(page.getByRole('button', { name: 'What can be done to the pipeline' }));
    await enter(page.getByRole('menuitem', { name, exact: true }));
  };
  const dialog = page.getByRole('dialog');
  // What is not saved stays so, whatever is done to what is saved.
  await rename(page, 'Only', 'Mine');
  await act('Rename');
  await dialog.getByLabel('Name').fill('destiny');
  await enter(dialog.getByRole('button', { name: 'Rename' }));
  await page.getByText('It is called destiny now.').waitFor();
  expect((await saved('destiny')).stages.map(({ name }) => name)).toEqual(['Only']);
  await page.getByText('Not saved yet').waitFor();
  await act('Disable');
  await enter(dialog.getByRole('button', { name: 'Disable' }));
  await page.getByText('It is disabled: nothing starts it').waitFor();
  expect((await saved('destiny')).disabled).toBe(true);
  await act('Lock');
  await dialog.getByLabel('Why').fill('Freeze <b>now</b>');
  await enter(dialog.getByRole('button', { name: 'Lock' }));
  await page.getByText('Freeze <b>now</b>').waitFor();
  expect((await saved('destiny')).locked?.ui).toBe(true);
  await accessible(page, 'a pipeline that is locked');
  await act('Unlock');
  await enter(dialog.getByRole('button', { name: 'Unlock' }));
  await page.getByText('Freeze <b>now</b>').waitFor({ state: 'detached' });
  await act('Delete');
  await enter(dialog.getByRole('button', { name: 'Delete' }));
  await page.waitForURL(/executions$/);
  const all = await ask<Saved[]>('GET', `/applications/${APPLICATION}/pipelineConfigs`);
  expect(all.map(({ name }) => name)).not.toContain('destiny');
  await page.goto(`${deck}/#/applications/${APPLICATION}/executions/configure/${id}`);
  await page.getByRole('heading', { name: 'There is no such pipeline' }).waitFor();
  await leave(page);
});

it('has strategies, and pipelines like others', async () => {
  await savePipeline(APPLICATION, 'pattern', [wait('Same')]);
  const page = await visit(`#/applications/${APPLICATION}/executions/create?strategy=true`);
  await page.getByLabel('Name').fill('Careful');
  await enter(page.getByRole('button', { name: 'Create' }));
  await page.getByText('There is no stage yet').waitFor();
  await enter(page.getByRole('link', { name: 'All pipelines' }));
  await enter(page.getByRole('region', { name: 'Deployment strategies' }).getByRole('link', { name: 'Careful' }));
  await page.getByText('There is no stage yet').waitFor();

  await page.goto(`${deck}/#/applications/${APPLICATION}/executions/create?copy=${(await saved('pattern')).id}`);
  await page.getByLabel('Name').fill('pattern two');
  await page.getByText('Like pattern').first().waitFor();
  await enter(page.getByRole('button', { name: 'Create' }));
  await page.getByRole('region', { name: 'Stage Same' }).waitFor();
  expect((await saved('pattern two')).stages.map(({ name }) => name)).toEqual(['Same']);
  await leave(page);
});

it('bears two hundred stages and names that look like something else', async () => {
  const odd = ['<script>alert(1)</script>', 'مرحبا بالعالم \u202e reversed', `🎉👩‍🚀 ${LONG}`];
  const many = Array.from({ length: 200 }, (_, n) => wait(odd[n] ?? `Stage ${n}`, 1, { requisiteStageRefIds: n < 4 ? [] : [String(n - 3), String(n - 2)] }));
  const id = await savePipeline(APPLICATION, `<b>all</b> ${odd[1]}`, many);
  const page = await open(id);
  await page.getByRole('list', { name: 'Stages in their order' }).getByText('<script>alert(1)</script>', { exact: true }).waitFor();
  expect(await page.locator('.react-flow__node').count()).toBe(200);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 'nothing is wider than the page').toBeLessThanOrEqual(0);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.getByRole('region', { name: /^Stage 🎉/ }).waitFor();
  await accessible(page, 'two hundred stages');
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth), 'at 320 px').toBeLessThanOrEqual(320);
  await leave(page);
});

/** Gives a stage another name. */
async function rename(page: Page, from: string, to: string): Promise<void> {
  await enter(page.getByRole('list', { name: 'Stages in their order' }).getByRole('button', { name: from }));
  const field = page.getByRole('region', { name: `Stage ${from}` }).getByLabel('Name of the stage');
  await field.fill(to);
  await page.getByRole('region', { name: `Stage ${to}` }).waitFor();
}
