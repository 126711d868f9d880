/** What is to be seen beside the screens of `table`: dialogs, menus, the parts of the editor, and what there is without anything. */
import type { Page } from 'playwright-core';

import type { Shop } from './shop';
import { enter } from './support';

/** Something to look at. */
export interface Picture {
  readonly hash: (shop: Shop) => string;
  /** Does what it needs; resolves when it is complete. */
  readonly there: (page: Page, shop: Shop) => Promise<unknown>;
}

type There = Picture['there'];

const at = ({ application }: Shop, rest: string): string => `#/applications/${application}${rest}`;
const editor = (section?: string) => (shop: Shop) => at(shop, `/executions/configure/${shop.pipelineId}${section === undefined ? '' : `?section=${section}`}`);
const group = (shop: Shop): string => at(shop, `/clusters/serverGroupDetails/local/local/local/${shop.group}`);
const dialog = (page: Page) => page.getByRole('dialog');
const field = (label: string): There => (page) => dialog(page).getByLabel(label).first().waitFor();
const stages = (page: Page): Promise<void> => page.locator('.react-flow__node').last().waitFor();

/** Presses a button, then waits for what it opens. */
const press = (name: string, opens: There): There => async (page, shop) => {
  await enter(page.getByRole('button', { name, exact: true }).first());
  await opens(page, shop);
};
/** Presses keys, one after another, once the screen is there. */
const keys = (pressed: readonly string[], before: There, opens: There): There => async (page, shop) => {
  await before(page, shop);
  for (const one of pressed) await page.keyboard.press(one);
  await opens(page, shop);
};
/** Chooses something in a menu. */
const choose = (menu: string, item: string, opens: There): There =>
  press(menu, async (page, shop) => {
    await enter(page.getByRole('menuitem', { name: item, exact: true }));
    await opens(page, shop);
  });
/** A question before a change, with its plan. */
const planned = (page: Page): Promise<void> => page.getByRole('region', { name: 'Plan' }).waitFor();
const table = (page: Page): Promise<void> => page.getByRole('table').waitFor();
const tab = (label: string): There => (page) => page.getByRole('tab', { name: label, selected: true }).waitFor();

/** The pictures by their names. */
export const PICTURES: Readonly<Record<string, Picture>> = {
  palette: { hash: () => '#/applications', there: keys(['Control+k'], table, (page) => page.getByRole('option').nth(3).waitFor()) },
  keys: { hash: (shop) => at(shop, '/clusters'), there: keys(['?'], (page, { group: name }) => page.getByRole('link', { name, exact: true }).waitFor(), (page) => dialog(page).getByText('Ask anew').waitFor()) },
  preferences: {
    hash: () => '#/applications',
    there: keys(['Control+k'], table, async (page, shop) => {
      await page.getByRole('combobox').fill('preferences');
      await page.getByRole('option', { name: /Preferences/ }).first().waitFor();
      await page.keyboard.press('Enter');
      await field('Time zone')(page, shop);
    }),
  },
  lost: { hash: () => '#/no/such/page', there: (page) => page.getByText('There is no such page').waitFor() },
  'new-application': { hash: () => '#/applications?create=true', there: field("Owner's e-mail") },
  'new-project': { hash: () => '#/projects?create=true', there: field("Owner's e-mail") },
  'found-nothing': { hash: () => '#/search?q=nowhere', there: (page) => page.getByText('Nothing matches').waitFor() },
  'why-it-waits': { hash: ({ run }) => `#/admin?why=${run}`, there: (page) => dialog(page).getByText("waits for a person's judgment").waitFor() },

  'no-executions': { hash: ({ bare }) => `#/applications/${bare}/executions`, there: (page) => page.getByText('There is no pipeline yet').waitFor() },
  start: { hash: (shop) => at(shop, '/executions?startManualExecution=Deploy%20to%20production'), there: field('Version') },
  'execution-failed': { hash: (shop) => at(shop, `/executions/details/${shop.failed}`), there: (page) => page.getByRole('region', { name: 'Stage Budget' }).waitFor() },
  'execution-compared': {
    hash: (shop) => at(shop, `/executions/details/${shop.over}?with=${shop.again}`),
    there: (page) => page.getByRole('region', { name: 'Comparison' }).getByRole('table').first().waitFor(),
  },
  'execution-cancel': { hash: (shop) => at(shop, `/executions/details/${shop.run}`), there: press('Cancel …', field('Reason')) },
  'execution-menu': { hash: (shop) => at(shop, `/executions/details/${shop.run}`), there: press('More that can be done to this run', (page) => page.getByRole('menuitem').first().waitFor()) },

  'editor-triggers': { hash: editor('triggers'), there: tab('Triggers') },
  'editor-parameters': { hash: editor('parameters'), there: tab('Parameters') },
  'editor-notifications': { hash: editor('notifications'), there: tab('Notifications') },
  'editor-artifacts': { hash: editor('artifacts'), there: tab('Artifacts') },
  'editor-settings': { hash: editor('settings'), there: tab('Settings') },
  'editor-json': { hash: editor('json'), there: (page) => page.getByRole('textbox', { name: 'The pipeline as JSON' }).waitFor() },
  'editor-yaml': { hash: editor('yaml'), there: (page) => page.getByRole('textbox', { name: 'The pipeline as YAML' }).waitFor() },
  'editor-add': { hash: editor(), there: keys(['a'], stages, (page) => dialog(page).getByRole('option').nth(3).waitFor()) },
  'editor-waits': { hash: editor(), there: keys(['j', 'w'], stages, (page) => dialog(page).getByRole('checkbox').first().waitFor()) },
  'editor-plan': { hash: editor(), there: keys(['p'], stages, planned) },
  'editor-versions': { hash: editor(), there: keys(['h'], stages, (page) => dialog(page).getByRole('listitem').first().waitFor()) },
  'editor-review': {
    hash: editor(),
    there: async (page) => {
      await stages(page);
      await page.getByLabel('Name of the stage').fill('Bake the image');
      await page.keyboard.press('Control+s');
      await page.getByRole('region', { name: 'What you changed' }).getByText('Bake the image').first().waitFor();
    },
  },
  'editor-rename': { hash: editor(), there: choose('What can be done to the pipeline', 'Rename', (page) => dialog(page).getByRole('textbox').first().waitFor()) },
  'editor-delete': { hash: editor(), there: choose('What can be done to the pipeline', 'Delete', (page) => dialog(page).waitFor()) },

  'no-clusters': { hash: ({ bare }) => `#/applications/${bare}/clusters`, there: (page) => page.getByText('Nothing runs yet').waitFor() },
  instances: { hash: (shop) => at(shop, '/clusters?listInstances=true'), there: (page, { instance }) => page.getByRole('link', { name: instance }).waitFor() },
  output: { hash: (shop) => at(shop, `/clusters/instanceDetails/local/${shop.instance}?output=true`), there: (page) => page.getByRole('log').getByText('listens on').waitFor() },
  'group-menu': { hash: group, there: press('What else can be done', (page) => page.getByRole('menuitem').first().waitFor()) },
  resize: { hash: group, there: press('Resize …', planned) },
  rollback: { hash: group, there: press('Roll back …', planned) },
  clone: { hash: group, there: choose('What else can be done', 'Clone …', planned) },
  scaling: { hash: group, there: press('Add …', planned) },
  destroy: { hash: group, there: choose('What else can be done', 'Destroy …', planned) },
  tag: { hash: group, there: press('Add a tag', (page) => dialog(page).getByRole('textbox').first().waitFor()) },
  'new-load-balancer': { hash: (shop) => at(shop, '/loadBalancers'), there: press('Create …', field('Name')) },
  'new-firewall': { hash: (shop) => at(shop, '/firewalls'), there: press('Create …', planned) },
};
