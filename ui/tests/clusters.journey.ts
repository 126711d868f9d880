/** What runs: a version replaced by another one, seen live; rolled back with its plan shown, resized, its output followed. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';

import { deployVersion, groupsOf, makeDelivery } from './greeter';
import { Keys } from './keys';
import { accessible, ask, deck, enter, leave, until, visit } from './support';

const APPLICATION = 'harbour';

beforeAll(() => makeDelivery(APPLICATION), 180_000);

/** The row of a server group. */
function row(page: Page, name: string) {
  return page.getByRole('list', { name: 'Clusters' }).getByRole('listitem').filter({ has: page.getByRole('link', { name, exact: true }) });
}

/** Starts the pipeline from its screen, and comes back to the clusters. */
async function deployByKeys(keys: Keys, version: string): Promise<void> {
  const { page } = keys;
  await keys.press('g');
  await keys.press('e');
  await page.getByRole('region', { name: 'deploy' }).waitFor();
  await keys.press('s');
  const dialog = page.getByRole('dialog');
  await keys.pick(dialog.getByRole('button', { name: /^Choose a pipeline/ }), page.getByRole('option', { name: 'deploy' }));
  await keys.write(dialog.getByLabel('version'), version);
  await keys.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await keys.press('g');
  await keys.press('c');
}

it('shows live how a version replaces another one, by keyboard', async () => {
  const page = await visit(`#/applications/${APPLICATION}/clusters`);
  await page.getByText('Nothing runs yet').waitFor();
  await accessible(page, 'no clusters');
  await page.getByRole('img', { name: /^Live/ }).waitFor();
  const keys = new Keys(page);
  await deployByKeys(keys, '1');
  // Nobody loads anything anew.
  await row(page, 'harbour-v000').getByText('2 up').waitFor();
  await until('it is over', async () => (await ask<unknown[]>('GET', `/applications/${APPLICATION}/pipelines?statuses=RUNNING,NOT_STARTED`)).length === 0);
  await deployByKeys(keys, '2');
  await row(page, 'harbour-v001').getByText('2 up').waitFor();
  await row(page, 'harbour-v000').getByText('disabled').waitFor();
  await row(page, 'harbour-v000').getByText('2 out of service').waitFor();
  await accessible(page, 'the clusters');
  await leave(page);
});

it('rolls back from the screen once its plan was shown, by keyboard', async () => {
  const page = await visit(`#/applications/${APPLICATION}/clusters`);
  const keys = new Keys(page);
  await keys.push(row(page, 'harbour-v001').getByRole('link'));
  await page.waitForURL(/#\/applications\/harbour\/clusters\/serverGroupDetails\/local\/local\/local\/harbour-v001$/);
  const details = page.getByRole('region', { name: 'Server group harbour-v001' });
  await details.getByText('Enabled').waitFor();
  await accessible(page, 'a server group');
  await keys.push(details.getByRole('button', { name: 'Roll back …' }));
  const dialog = page.getByRole('dialog');
  const plan = dialog.getByRole('region', { name: 'Plan' });
  await plan.getByText('enable server group harbour-v000').waitFor();
  await plan.getByText('disable server group harbour-v001').waitFor();
  await dialog.getByText('Once 100 % of it is healthy, harbour-v001 leaves traffic').waitFor();
  // What is enabled first takes the requests.
  expect(await plan.getByText('takes requests').count()).toBe(0);
  await keys.write(dialog.getByLabel('Reason'), 'version 2 is <b>slow</b>');
  await accessible(page, 'the question before a rollback');
  await keys.push(dialog.getByRole('button', { name: 'Roll back', exact: true }));
  await dialog.getByRole('status').getByText('Succeeded').waitFor();
  await accessible(page, 'the task of a rollback');
  await keys.push(dialog.getByRole('link', { name: 'Open the task' }));
  await page.getByRole('region', { name: 'Steps' }).waitFor();
  await page.getByRole('region', { name: 'Variables' }).getByText('version 2 is <b>slow</b>').waitFor();
  await keys.press('g');
  await keys.press('c');
  await row(page, 'harbour-v001').getByText('disabled').waitFor();
  await row(page, 'harbour-v000').getByText('2 up').waitFor();
  const groups = await groupsOf(APPLICATION);
  expect(groups.map(({ name, isDisabled }) => [name, isDisabled])).toEqual([
    ['harbour-v000', false],
    ['harbour-v001', true],
  ]);
  await leave(page);
});

it('resizes a server group, and says beforehand what is wrong with a size', async () => {
  const page = await visit(`#/applications/${APPLICATION}/clusters/serverGroupDetails/local/local/local/harbour-v000`);
  const details = page.getByRole('region', { name: 'Server group harbour-v000' });
  await enter(details.getByRole('button', { name: 'Resize …' }));
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Desired').fill('9');
  await dialog.getByText('The maximum is less than the desired number.').waitFor();
  expect(await dialog.getByRole('button', { name: 'Resize', exact: true }).isDisabled()).toBe(true);
  await dialog.getByLabel('Desired').fill('3');
  await dialog.getByText('1 instance more is started.').waitFor();
  await dialog.getByRole('region', { name: 'Plan' }).getByText('desired 2 → 3').waitFor();
  await accessible(page, 'a resize');
  await enter(dialog.getByRole('button', { name: 'Resize', exact: true }));
  await dialog.getByRole('status').getByText('Succeeded').waitFor();
  await enter(dialog.getByRole('button', { name: 'Close' }));
  await row(page, 'harbour-v000').getByText('3 up').waitFor();
  await leave(page);
});

it('follows the output of an instance, searches it, and ends the instance', async () => {
  // What is ended may be asked for once more.
  const page = await visit(`#/applications/${APPLICATION}/clusters?listInstances=true`, { errorsExpected: true });
  await row(page, 'harbour-v000').getByText('3 up').waitFor();
  const [instance = { id: '' }] = (await groupsOf(APPLICATION)).find(({ name }) => name === 'harbour-v000')?.instances ?? [];
  await enter(page.getByRole('list', { name: 'Clusters' }).getByRole('link', { name: instance.id }));
  const details = page.getByRole('region', { name: `Instance ${instance.id}` });
  await details.getByRole('region', { name: 'Health' }).getByText('LocalAgent').waitFor();
  await accessible(page, 'an instance');
  await enter(details.getByRole('button', { name: 'Output' }));
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('log').getByText('greeter 1 listens on').waitFor();
  await dialog.getByText('Live', { exact: true }).waitFor();
  await dialog.getByRole('searchbox').fill('LISTENS');
  await dialog.getByText('1 of 1').waitFor();
  await accessible(page, 'the output');
  await enter(dialog.getByRole('button', { name: 'Pause' }));
  await dialog.getByText('Paused').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  await enter(details.getByRole('button', { name: 'What else can be done' }));
  await enter(page.getByRole('menuitem', { name: 'Terminate …' }));
  await dialog.getByRole('region', { name: 'Plan' }).getByText(`replace instance ${instance.id}`).waitFor();
  await enter(dialog.getByRole('button', { name: 'Terminate', exact: true }));
  await dialog.getByRole('status').getByText('Succeeded').waitFor();
  await enter(dialog.getByRole('button', { name: 'Close' }));
  await page.getByText('It is not there', { exact: true }).waitFor();
  await row(page, 'harbour-v000').getByText('3 up').waitFor();
  // A link to an instance alone finds its application.
  const [other = { id: '' }] = (await groupsOf(APPLICATION)).find(({ name }) => name === 'harbour-v000')?.instances ?? [];
  await page.goto(`${deck}/#/instance/local/local/local/${other.id}`);
  await page.waitForURL(/#\/applications\/harbour\/clusters\/instanceDetails\/local\//);
  await page.getByRole('region', { name: `Instance ${other.id}` }).waitFor();
  await leave(page);
});

it('has filters in the address, and goes through server groups by keys', async () => {
  const page = await visit(`#/applications/${APPLICATION}/clusters?status=Disabled`);
  await row(page, 'harbour-v001').waitFor();
  expect(await row(page, 'harbour-v000').count()).toBe(0);
  await page.getByRole('searchbox').fill('no such thing');
  await page.getByText('No server group matches').waitFor();
  await page.reload();
  await page.getByText('No server group matches').waitFor();
  await enter(page.getByRole('button', { name: 'Show all' }));
  await row(page, 'harbour-v000').waitFor();
  expect(new URL(page.url()).hash).toBe('#/applications/harbour/clusters');
  await enter(page.getByRole('button', { name: 'Status' }));
  await enter(page.getByRole('option', { name: 'Disabled' }));
  await page.keyboard.press('Escape');
  await page.waitForURL(/status=Disabled/);
  await page.keyboard.press('j');
  await page.getByRole('region', { name: 'Server group harbour-v001' }).waitFor();
  expect(page.url()).toContain('status=Disabled');
  await leave(page);
});

it('returns to the last good version, tags it, and destroys what failed', async () => {
  await deployVersion(APPLICATION, '3');
  // What is destroyed may be asked for once more before its details are left.
  const page = await visit(`#/applications/${APPLICATION}/clusters/serverGroupDetails/local/local/local/harbour-v002`, { errorsExpected: true });
  const details = page.getByRole('region', { name: 'Server group harbour-v002' });
  const dialog = page.getByRole('dialog');
  const more = details.getByRole('button', { name: 'What else can be done' });
  await enter(more);
  await enter(page.getByRole('menuitem', { name: 'Return to the last good version …' }));
  await dialog.getByText(/^Why this one:/).waitFor();
  await dialog.getByRole('region', { name: 'Plan' }).getByText('disable server group harbour-v002').waitFor();
  await enter(dialog.getByRole('button', { name: 'Return', exact: true }));
  await dialog.getByRole('status').getByText('Succeeded').waitFor();
  await enter(dialog.getByRole('button', { name: 'Close' }));
  await row(page, 'harbour-v002').getByText('disabled').waitFor();

  await enter(details.getByRole('button', { name: 'Add a tag' }));
  await dialog.getByLabel('Name').fill('note');
  await dialog.getByLabel('Value').fill('<img src=x onerror=alert(1)> مرحبا');
  await enter(dialog.getByRole('button', { name: 'Add the tag' }));
  await dialog.getByRole('status').getByText('Succeeded').waitFor();
  await enter(dialog.getByRole('button', { name: 'Close' }));
  await details.getByText('<img src=x onerror=alert(1)> مرحبا').first().waitFor();

  await enter(more);
  await enter(page.getByRole('menuitem', { name: 'Destroy …' }));
  await dialog.getByLabel('Type harbour-v002 to go on').fill('harbour-v002');
  await accessible(page, 'the question before something is destroyed');
  await enter(dialog.getByRole('button', { name: 'Destroy', exact: true }));
  await page.waitForURL(/#\/applications\/harbour\/clusters$/);
  await row(page, 'harbour-v002').waitFor({ state: 'detached' });
  await until('it is gone', async () => !(await groupsOf(APPLICATION)).some(({ name }) => name === 'harbour-v002'));
  const tasks = await ask<{ name: string }[]>('GET', `/applications/${APPLICATION}/tasks`);
  expect(tasks.map(({ name }) => name)).toContain('Destroy Server Group: harbour-v002');
  await leave(page);
});
