/** Pipelines saved from the editor: by two people at once, back to an old version, left and found again, renamed and deleted. */
import type { Page, Route } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';

import { names, open, rename, renameByKeys, save, saveByKeys, saved, type Saved, stageRow, toStages } from './editor';
import { Keys } from './keys';
import { accessible, ask, deck, enter, gate, leave, makeApplication, savePipeline, until, visit } from './support';

const APPLICATION = 'shed';
const ALL = `${gate}/**`;
const wait = (name: string, waitTime = 1) => ({ type: 'wait', name, waitTime });

beforeAll(async () => {
  await makeApplication(APPLICATION);
});

it('tells two people of one another, and puts together what they did, by keyboard', async () => {
  const id = await savePipeline(APPLICATION, 'shared', [wait('Bake'), wait('Ship')]);
  const mine = await open(APPLICATION, id);
  const theirs = await open(APPLICATION, id);
  const [myKeys, theirKeys] = [new Keys(mine), new Keys(theirs)];
  await renameByKeys(myKeys, 'Bake', 'Bake well');
  await renameByKeys(theirKeys, 'Ship', 'Ship fast');
  await saveByKeys(theirKeys, 'shared');
  await theirKeys.isAt(stageRow(theirs));

  await myKeys.press('s');
  const review = mine.getByRole('dialog', { name: 'Save shared' });
  const save = review.getByRole('button', { name: 'Save', exact: true });
  await myKeys.isAt(save);
  await myKeys.press('Enter');
  const dialog = mine.getByRole('dialog', { name: /saved shared too$/ });
  await dialog.getByRole('region', { name: 'What anonymous changed' }).getByText('The stage Ship fast is changed: it was called Ship.').waitFor();
  await dialog.getByRole('region', { name: 'What you changed' }).getByText('The stage Bake well is changed: it was called Bake.').waitFor();
  await myKeys.push(dialog.getByRole('button', { name: 'See the differences' }));
  await dialog.getByRole('textbox', { name: 'How yours differs from theirs' }).waitFor();
  await accessible(mine, 'two versions');
  await myKeys.push(dialog.getByRole('button', { name: 'Put both together' }));
  await myKeys.isAt(save);
  await myKeys.press('Enter');
  await mine.getByText('shared is saved.').first().waitFor();
  await review.waitFor({ state: 'detached' });
  await myKeys.isAt(stageRow(mine));
  expect((await saved(APPLICATION, 'shared')).stages.map(({ name }) => name)).toEqual(['Bake well', 'Ship fast']);
  // Who has changed nothing sees the newest by himself.
  await theirs.getByText('You see the newest version.').waitFor();
  expect(await names(theirs)).toEqual(['Bake well', 'Ship fast']);

  await leave(mine);
  await leave(theirs);
});

it('leaves it to the later of two people who changed the same which it is, by keyboard', async () => {
  const id = await savePipeline(APPLICATION, 'same', [wait('Bake well'), wait('Ship')]);
  const mine = await open(APPLICATION, id);
  const theirs = await open(APPLICATION, id);
  const [myKeys, theirKeys] = [new Keys(mine), new Keys(theirs)];
  await renameByKeys(myKeys, 'Ship', 'Ship mine');
  await renameByKeys(theirKeys, 'Ship', 'Ship theirs');
  await saveByKeys(theirKeys, 'same');
  await mine.getByText('while you change it').waitFor();
  await myKeys.push(mine.getByRole('button', { name: 'Look at both …' }));
  await mine.getByRole('note', { name: 'What both changed' }).getByText('the stage Ship mine').waitFor();
  await myKeys.push(mine.getByRole('button', { name: 'Take theirs' }));
  await until('theirs is shown', async () => (await names(mine)).join() === 'Bake well,Ship theirs');
  await mine.getByText(/^Saved /).waitFor();
  await myKeys.press('u');
  await until('mine is not lost', async () => (await names(mine)).join() === 'Bake well,Ship mine');
  await saveByKeys(myKeys, 'same');
  expect((await saved(APPLICATION, 'same')).stages.map(({ name }) => name)).toEqual(['Bake well', 'Ship mine']);
  await leave(mine);
  await leave(theirs);
});

it('is not written over by two who save in the same moment', async () => {
  const id = await savePipeline(APPLICATION, 'moment', [wait('Bake'), wait('Ship')]);
  const page = await open(APPLICATION, id, { errorsExpected: true });
  const keys = new Keys(page);
  await renameByKeys(keys, 'Bake', 'Bake well');
  // The page has looked, and saves; before that arrives, somebody else has saved.
  const overtaken = async (route: Route): Promise<void> => {
    await savePipeline(APPLICATION, 'moment', [wait('Bake'), wait('Ship fast')], { id });
    await route.continue();
  };
  await page.route(({ pathname }) => pathname === '/pipelines', overtaken, { times: 1 });
  await keys.press('s');
  await keys.isAt(page.getByRole('dialog', { name: 'Save moment' }).getByRole('button', { name: 'Save', exact: true }));
  await keys.press('Enter');
  const dialog = page.getByRole('dialog', { name: /saved moment too$/ });
  await dialog.getByText('The stage Ship fast is changed: it was called Ship.').waitFor();
  expect((await saved(APPLICATION, 'moment')).stages.map(({ name }) => name)).toEqual(['Bake', 'Ship fast']);
  await keys.isAt(dialog.getByRole('button', { name: 'Put both together' }));
  await keys.press('Enter');
  await keys.isAt(page.getByRole('dialog', { name: 'Save moment' }).getByRole('button', { name: 'Save', exact: true }));
  await keys.press('Enter');
  await page.getByText('moment is saved.').first().waitFor();
  expect((await saved(APPLICATION, 'moment')).stages.map(({ name }) => name)).toEqual(['Bake well', 'Ship fast']);
  await leave(page);
});

it('goes back to an old version, by keyboard', async () => {
  const id = await savePipeline(APPLICATION, 'old', [wait('Good')]);
  await savePipeline(APPLICATION, 'old', [wait('Bad'), wait('Worse')], { id });
  const page = await open(APPLICATION, id);
  const keys = new Keys(page);
  await toStages(keys);
  await keys.press('h');
  const dialog = page.getByRole('dialog', { name: 'Versions of old' });
  await dialog.getByRole('region', { name: 'What it changed' }).getByText('The stage Worse is added.').waitFor();
  await accessible(page, 'the versions');
  await keys.push(dialog.getByRole('list', { name: 'Versions, the newest first' }).getByRole('button').nth(1));
  await keys.push(dialog.getByRole('button', { name: 'Put this version back' }));
  await until('the old version is shown', async () => (await names(page)).join() === 'Good');
  await keys.isAt(stageRow(page));
  await saveByKeys(keys, 'old');
  expect((await saved(APPLICATION, 'old')).stages.map(({ name }) => name)).toEqual(['Good']);
  await leave(page);
});

it('asks before changes are left, and offers them afterwards', async () => {
  const id = await savePipeline(APPLICATION, 'left', [wait('Stay')]);
  const page = await open(APPLICATION, id);
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
  expect((await saved(APPLICATION, 'left')).stages.map(({ name }) => name)).toEqual(['Stay']);
  await leave(page);
});

it('loses nothing while gate is away', async () => {
  const id = await savePipeline(APPLICATION, 'away', [wait('Calm')]);
  const page = await open(APPLICATION, id, { errorsExpected: true });
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
  expect((await saved(APPLICATION, 'away')).stages.map(({ name }) => name)).toEqual(['Storm']);
  await leave(page);
});

it('is renamed, disabled, locked and deleted', async () => {
  const id = await savePipeline(APPLICATION, 'fate', [wait('Only')]);
  const page = await open(APPLICATION, id);
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
  expect((await saved(APPLICATION, 'destiny')).stages.map(({ name }) => name)).toEqual(['Only']);
  await page.getByText('Not saved yet').waitFor();
  await act('Disable');
  await enter(dialog.getByRole('button', { name: 'Disable' }));
  await page.getByText('It is disabled: nothing starts it').waitFor();
  expect((await saved(APPLICATION, 'destiny')).disabled).toBe(true);
  await act('Lock');
  await dialog.getByLabel('Why').fill('Freeze <b>now</b>');
  await enter(dialog.getByRole('button', { name: 'Lock' }));
  await page.getByText('Freeze <b>now</b>').waitFor();
  expect((await saved(APPLICATION, 'destiny')).locked?.ui).toBe(true);
  await accessible(page, 'a pipeline that is locked');
  await act('Unlock');
  await enter(dialog.getByRole('button', { name: 'Unlock' }));
  await page.getByText('Freeze <b>now</b>').waitFor({ state: 'detached' });
  await act('Delete');
  await enter(dialog.getByRole('button', { name: 'Delete' }));
  await page.waitForURL(/executions$/);
  await page.getByRole('button', { name: 'Save …' }).waitFor({ state: 'detached' });
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

  await page.goto(`${deck}/#/applications/${APPLICATION}/executions/create?copy=${(await saved(APPLICATION, 'pattern')).id}`);
  await page.getByLabel('Name').fill('pattern two');
  await page.getByText('Like pattern').first().waitFor();
  await enter(page.getByRole('button', { name: 'Create' }));
  await page.getByRole('region', { name: 'Stage Same' }).waitFor();
  expect((await saved(APPLICATION, 'pattern two')).stages.map(({ name }) => name)).toEqual(['Same']);
  await leave(page);
});

it('keeps the changes of two tabs apart, and each tab tells of the other', async () => {
  const id = await savePipeline(APPLICATION, 'tabs', [wait('Bake'), wait('Ship')]);
  const one = await open(APPLICATION, id);
  const other = await another(one);
  await other.getByRole('list', { name: 'Stages in their order' }).waitFor();
  await rename(one, 'Bake', 'Bake one');
  await other.getByText('You change this pipeline in another tab, too.').waitFor();
  await rename(other, 'Ship', 'Ship other');
  await one.getByText('You change this pipeline in another tab, too.').waitFor();
  await accessible(one, 'a pipeline that another tab changes too');
  // Each finds its own again.
  for (const [page, expected] of [[one, 'Bake one,Ship'], [other, 'Bake,Ship other']] as const) {
    await page.reload();
    await page.getByText('that were not saved').waitFor();
    expect((await names(page)).join()).toBe(expected);
  }
  // What one drops is not lost for the other, and a new tab takes over what a closed one has left.
  await enter(one.getByRole('button', { name: 'Drop them' }));
  await until('it shows what is saved', async () => (await names(one)).join() === 'Bake,Ship');
  await other.close();
  const third = await another(one);
  await third.getByText('that were not saved').waitFor();
  expect((await names(third)).join()).toBe('Bake,Ship other');
  await save(third, 'tabs');
  expect((await saved(APPLICATION, 'tabs')).stages.map(({ name }) => name)).toEqual(['Bake', 'Ship other']);
  await leave(one);
});

/** Another tab of the same browser at the same address. */
async function another(page: Page): Promise<Page> {
  const tab = await page.context().newPage();
  tab.setDefaultTimeout(60_000);
  await tab.goto(page.url());
  return tab;
}
