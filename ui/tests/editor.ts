/** What journeys through the pipeline editor need: how it is opened, and what is done in it by keyboard. */
import type { Locator, Page } from 'playwright-core';

import type { Keys } from './keys';
import { ask, enter, visit } from './support';

/** What journeys read of a saved pipeline. */
export interface Saved {
  id: string;
  name: string;
  disabled?: boolean;
  locked?: { ui: boolean };
  stages: { refId: string; requisiteStageRefIds: string[]; name: string; type: string; waitTime?: number }[];
}

/** The pipeline as gate keeps it. */
export async function saved(application: string, name: string): Promise<Saved> {
  const all = await ask<Saved[]>('GET', `/applications/${application}/pipelineConfigs`);
  const found = all.find((one) => one.name === name);
  if (!found) throw new Error(`there is no pipeline ${name}`);
  return found;
}

/** The editor of a pipeline, with its stages on the screen. */
export async function open(application: string, id: string, options: Parameters<typeof visit>[1] = {}): Promise<Page> {
  const page = await visit(`#/applications/${application}/executions/configure/${id}`, options);
  await ready(page);
  return page;
}

async function ready(page: Page): Promise<void> {
  await page.getByRole('list', { name: 'Stages in their order' }).waitFor();
  await page.locator('.react-flow__node').first().waitFor();
}

/** The names of the stages in the list. */
export async function names(page: Page): Promise<string[]> {
  return page.getByRole('list', { name: 'Stages in their order' }).locator('bdi[class*="name"]').allTextContents();
}

/** Looks at what is changed, and saves it. */
export async function save(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+s');
  const dialog = page.getByRole('dialog', { name: `Save ${name}` });
  await enter(dialog.getByRole('button', { name: 'Save', exact: true }));
  await page.getByText(`${name} is saved.`).first().waitFor();
  await dialog.waitFor({ state: 'detached' });
}

/** The row of the stage that is chosen; the others are reached from it by the arrow keys. */
export function stageRow(page: Page): Locator {
  return page.getByRole('list', { name: 'Stages in their order' }).locator('button[aria-current="true"]');
}

/** Goes to the list of stages: the keys of the screen hold where nobody types. */
export async function toStages(keys: Keys): Promise<void> {
  await keys.reach(stageRow(keys.page));
}

/** Gives a stage another name with keys only; ends in the list. */
export async function renameByKeys(keys: Keys, from: string, to: string): Promise<void> {
  const { page } = keys;
  await toStages(keys);
  const order = await names(page);
  const chosen = (await stageRow(page).locator('bdi[class*="name"]').textContent()) ?? '';
  const steps = order.indexOf(from) - order.indexOf(chosen);
  for (let step = 0; step < Math.abs(steps); step += 1) await keys.press(steps > 0 ? 'ArrowDown' : 'ArrowUp');
  await page.getByRole('region', { name: `Stage ${from}` }).waitFor();
  await keys.press('e');
  await keys.isAt(page.getByLabel('Name of the stage'));
  await keys.type(to);
  await page.getByRole('region', { name: `Stage ${to}` }).waitFor();
  await toStages(keys);
}

/** Looks at what is changed, and saves it, with keys only. */
export async function saveByKeys(keys: Keys, name: string): Promise<void> {
  const dialog = keys.page.getByRole('dialog', { name: `Save ${name}` });
  await keys.press('Control+s');
  await keys.isAt(dialog.getByRole('button', { name: 'Save', exact: true }));
  await keys.press('Enter');
  await keys.page.getByText(`${name} is saved.`).first().waitFor();
  await dialog.waitFor({ state: 'detached' });
}

/** Chooses a stage in the list. Others' rows name it too, as what they wait for. */
export async function choose(page: Page, name: string): Promise<void> {
  const list = page.getByRole('list', { name: 'Stages in their order' });
  await enter(list.getByRole('button').filter({ has: page.getByText(name, { exact: true }) }));
}

/** Gives a stage another name. */
export async function rename(page: Page, from: string, to: string): Promise<void> {
  await choose(page, from);
  const field = page.getByRole('region', { name: `Stage ${from}` }).getByLabel('Name of the stage');
  await field.fill(to);
  await page.getByRole('region', { name: `Stage ${to}` }).waitFor();
}
