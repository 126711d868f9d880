/** Pipelines written and changed in the editor: by keyboard, by mouse, as text. */
import { beforeAll, expect, it } from 'vitest';

import { choose, names, open, save, saved, stageRow, toStages } from './editor';
import { Keys } from './keys';
import { accessible, enter, leave, makeApplication, savePipeline, until, untilRun, visit } from './support';

const APPLICATION = 'yard';
const LONG = 'x'.repeat(5000);
const wait = (name: string, waitTime = 1, more: object = {}) => ({ type: 'wait', name, waitTime, ...more });

beforeAll(async () => {
  await makeApplication(APPLICATION);
});

/** Writes a stage with keys only: its type, its name, how long it waits. */
async function typeStage(keys: Keys, name: string): Promise<void> {
  const { page } = keys;
  await keys.press('a');
  const dialog = page.getByRole('dialog');
  await keys.isAt(dialog.getByRole('combobox'));
  await keys.type('wait');
  await dialog.getByRole('option', { name: /^Wait/ }).first().waitFor();
  await keys.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('region', { name: /^Stage Wait/ }).waitFor();
  await keys.press('e');
  await keys.isAt(page.getByLabel('Name of the stage'));
  await keys.type(name);
  await page.getByRole('region', { name: `Stage ${name}` }).waitFor();
  await keys.write(page.getByLabel('Seconds', { exact: false }).first(), '1');
  await toStages(keys);
}

it('is written with three stages by keyboard, saved and run', async () => {
  const page = await visit(`#/applications/${APPLICATION}/executions`);
  const keys = new Keys(page);
  await page.getByText('There is no pipeline yet').waitFor();
  await keys.press('c');
  await page.getByRole('heading', { name: 'New pipeline' }).waitFor();
  await accessible(page, 'a new pipeline');
  await keys.isAt(page.getByLabel('Name'));
  await keys.type('build');
  await keys.press('Enter');
  await page.waitForURL(/executions\/configure\/[^?]+\?new=1$/);
  await page.getByText('There is no stage yet').waitFor();
  await accessible(page, 'a pipeline without stages');

  for (const name of ['Bake', 'Ship', 'Cheer', 'Sink']) await typeStage(keys, name);
  // The keyboard stays in the list where a stage of it goes.
  await keys.press('x');
  await keys.isAt(stageRow(page));
  expect(await names(page)).toEqual(['Bake', 'Ship', 'Cheer']);
  await accessible(page, 'three stages');
  await keys.press('?');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Add a stage after the chosen one').waitFor();
  await keys.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await keys.isAt(stageRow(page));

  // The last is to wait for nothing, and then for the second again.
  await keys.press('w');
  await keys.push(dialog.getByRole('checkbox', { name: 'Ship' }), 'Space');
  await accessible(page, 'what a stage waits for');
  await keys.push(dialog.getByRole('button', { name: 'Set' }));
  await page.getByRole('region', { name: 'Stage Cheer' }).getByText('starts at once').waitFor();
  await keys.isAt(stageRow(page));
  await keys.press('u');
  await page.getByRole('region', { name: 'Stage Cheer' }).getByText('after Ship').waitFor();

  await keys.press('p');
  await page.getByRole('region', { name: 'Plan' }).getByText('Cheer', { exact: true }).waitFor();
  await accessible(page, 'what it would do');
  await keys.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  // A parameter: the tabs are one stop, the arrow keys walk in them.
  await keys.reach(page.getByRole('tab', { name: /^Stages/ }));
  await keys.press('ArrowRight');
  await keys.press('ArrowRight');
  await keys.isAt(page.getByRole('tab', { name: /^Parameters/ }));
  await keys.push(page.getByRole('button', { name: 'Add parameter' }));
  const parameter = page.getByRole('listitem', { name: /^Parameter 1/ });
  await keys.isAt(parameter.getByLabel('Name', { exact: false }).first());
  await keys.type('version');
  await keys.push(parameter.getByRole('checkbox', { name: 'Required' }), 'Space');

  await keys.press('s');
  await page.getByRole('region', { name: 'What you changed' }).getByText('The stage Bake is added.').waitFor();
  await accessible(page, 'what is changed');
  await keys.isAt(dialog.getByRole('button', { name: 'Save', exact: true }));
  await keys.press('Enter');
  await page.getByText('build is saved.').waitFor();
  const { stages } = await saved(APPLICATION, 'build');
  expect(stages.map(({ name, type, waitTime, requisiteStageRefIds }) => [name, type, waitTime, requisiteStageRefIds])).toEqual([
    ['Bake', 'wait', 1, []],
    ['Ship', 'wait', 1, ['1']],
    ['Cheer', 'wait', 1, ['2']],
  ]);

  await keys.push(page.getByRole('button', { name: 'Start …' }));
  await keys.isAt(dialog.getByLabel('version'));
  await keys.type('1.2');
  await keys.press('Enter');
  const row = page.getByRole('region', { name: 'build' }).getByRole('listitem').first();
  await row.getByText('version=1.2').waitFor();
  await row.getByText('Succeeded').waitFor();
  const id = (await row.getAttribute('data-execution')) ?? '';
  const run = await untilRun(id, 'succeeds', ({ status }) => status === 'SUCCEEDED');
  expect(run.stages.map(({ name }) => name)).toEqual(['Bake', 'Ship', 'Cheer']);
  await leave(page);
});

it('has steps back and forth, copies, moves and deletes', async () => {
  const id = await savePipeline(APPLICATION, 'steps', [wait('A'), wait('B'), wait('C')]);
  const page = await open(APPLICATION, id);
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
  expect((await saved(APPLICATION, 'steps')).stages.map(({ name, requisiteStageRefIds }) => [name, requisiteStageRefIds])).toEqual([['B', []], ['C', ['2']], ['A', ['3']]]);
  await leave(page);
});

it('draws lines with the mouse, and refuses circles', async () => {
  const id = await savePipeline(APPLICATION, 'lines', [wait('One'), wait('Two', 1, { requisiteStageRefIds: [] })]);
  const page = await open(APPLICATION, id);
  const handle = (name: string, side: 'left' | 'right') => page.locator('.react-flow__node', { hasText: name }).locator(`.react-flow__handle-${side}`);
  await handle('One', 'right').dragTo(handle('Two', 'left'));
  await choose(page, 'Two');
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
  const page = await open(APPLICATION, id);
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
  await until('it is kept', async () => page.evaluate((key) => Object.entries(localStorage).some(([name, value]) => name.startsWith(key) && String(value).includes('oops')), `gennaker.pipeline.${id}`));
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
  expect(await saved(APPLICATION, 'texts')).toMatchObject({ id, custom: { kept: true }, stages: [{ name: 'First' }, { name: 'Second', waitTime: 3 }] });
  await leave(page);
});

it('bears two hundred stages and names that look like something else', async () => {
  const odd = ['<script>alert(1)</script>', 'مرحبا بالعالم \u202e reversed', `🎉👩‍🚀 ${LONG}`];
  const many = Array.from({ length: 200 }, (_, n) => wait(odd[n] ?? `Stage ${n}`, 1, { requisiteStageRefIds: n < 4 ? [] : [String(n - 3), String(n - 2)] }));
  const id = await savePipeline(APPLICATION, `<b>all</b> ${odd[1]}`, many);
  const page = await open(APPLICATION, id);
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
