/** What shows names besides the screens of `table.ts`: dialogs, menus, notes, and screens in another state than their first. */
import type { Locator, Page } from 'playwright-core';

import { NAMED, ODD } from './fake';
import { enter } from './support';

/** One of them, in the gate of `huge.ts`. */
export interface Over {
  readonly what: string;
  readonly hash: string;
  /** Opens it. */
  readonly open?: (page: Page) => Promise<unknown>;
  /** Where the names stand. */
  readonly place: (page: Page) => Locator;
  readonly names: readonly string[];
}

const ODDS = Object.values(ODD);
const application = `#/applications/${encodeURIComponent(NAMED.application)}`;
const group = `${application}/clusters/serverGroupDetails/local/local/local/${encodeURIComponent(NAMED.group)}`;
const balancer = `${application}/loadBalancers/loadBalancerDetails/local/local/local/-/${encodeURIComponent(NAMED.balancer)}`;
const firewall = `${application}/firewalls/firewallDetails/local/local/local/-/${encodeURIComponent(NAMED.firewall)}`;
const run = `${application}/executions/details/${NAMED.run}`;
const editor = `${application}/executions/configure/${NAMED.pipelineId}`;
const project = `#/projects/${encodeURIComponent(NAMED.project)}/dashboard`;

const dialog = (page: Page): Locator => page.getByRole('dialog');
const main = (page: Page): Locator => page.getByRole('main');
const region = (name: string) => (page: Page) => page.getByRole('region', { name, exact: true });
const press = (name: string) => (page: Page) => enter(page.getByRole('button', { name, exact: true }).first());
const choose = (menu: string, item: string) => async (page: Page) => {
  await press(menu)(page);
  await enter(page.getByRole('menuitem', { name: item, exact: true }));
};

/** All of them. */
export const OVER: readonly Over[] = [
  {
    what: 'the palette',
    hash: '#/applications',
    open: async (page) => {
      await page.getByRole('table', { name: 'Applications' }).waitFor();
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').fill('0');
    },
    place: (page) => page.getByRole('listbox'),
    names: ODDS,
  },
  {
    what: 'favourites',
    hash: application,
    open: async (page) => {
      await press(`Make ${NAMED.application} a favourite`)(page);
      await enter(page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Applications' }));
    },
    place: region('Favourites'),
    names: [NAMED.application],
  },
  { what: 'an application that is not there', hash: `#/applications/${encodeURIComponent(ODD.long)}`, place: main, names: [ODD.long] },
  { what: 'an application that is changed', hash: `${application}/config`, open: press('Edit'), place: dialog, names: ODDS },
  { what: 'the end of an application', hash: `${application}/config`, open: press(`Delete ${NAMED.application}`), place: dialog, names: [NAMED.application] },
  { what: 'an application as it was', hash: `${application}/config`, open: press('Restore'), place: dialog, names: ODDS },

  { what: 'the start of a pipeline', hash: `${application}/executions?startManualExecution=${NAMED.pipelineId}&status=RUNNING`, place: dialog, names: ODDS },
  {
    what: 'the choice of a pipeline',
    hash: `${application}/executions?status=RUNNING`,
    open: async (page) => {
      await press('Start …')(page);
      await enter(dialog(page).getByRole('button', { name: 'Pipeline' }).first());
    },
    place: (page) => page.getByRole('listbox'),
    names: ODDS,
  },
  { what: 'the end of a run', hash: run, open: choose('More that can be done to this run', 'Delete …'), place: dialog, names: [NAMED.pipeline] },
  { what: 'a run that is cancelled', hash: `${application}/executions/details/E1`, open: press('Cancel …'), place: dialog, names: ODDS },
  { what: 'a stage that is run again', hash: run, open: press('Restart from here'), place: dialog, names: [NAMED.stage] },
  {
    what: 'a stage that cannot be run again',
    hash: run,
    open: async (page) => {
      await press('Restart from here')(page);
      await enter(dialog(page).getByRole('button', { name: 'Restart', exact: true }));
    },
    place: dialog,
    names: [NAMED.stage, ...ODDS],
  },
  { what: 'a note that something failed', hash: `${application}/executions/details/E1`, open: press('Pause'), place: region('Notes'), names: ODDS },
  { what: 'two runs compared', hash: `${run}?with=E1-0`, place: region('Comparison'), names: ODDS },

  { what: 'what a stage waits for', hash: editor, open: press('Waits for …'), place: dialog, names: ODDS },
  { what: 'the versions of a pipeline', hash: editor, open: choose('What can be done to the pipeline', 'Versions'), place: dialog, names: [NAMED.pipeline, ODD.script] },
  { what: 'what a pipeline would do', hash: editor, open: choose('What can be done to the pipeline', 'What it would do'), place: dialog, names: ODDS },
  {
    what: 'a pipeline that is saved',
    hash: editor,
    open: async (page) => {
      await page.getByLabel('Name of the stage').fill(`${ODD.emoji} <b>`);
      await page.keyboard.press('Control+s');
    },
    place: dialog,
    names: [NAMED.pipeline, ODD.emoji],
  },

  { what: 'instances one a row', hash: `${application}/clusters?listInstances=true`, place: (page) => page.getByRole('list', { name: 'Clusters' }), names: ODDS },
  { what: 'the end of a server group', hash: group, open: choose('What else can be done', 'Destroy …'), place: dialog, names: [NAMED.group, ...ODDS] },
  {
    what: 'a server group that ends',
    hash: group,
    open: async (page) => {
      await choose('What else can be done', 'Destroy …')(page);
      await dialog(page).getByRole('textbox').last().fill(NAMED.group);
      await enter(dialog(page).getByRole('button', { name: 'Destroy', exact: true }));
    },
    place: (page) => dialog(page).getByRole('list', { name: 'Steps' }),
    names: ODDS,
  },
  { what: 'the end of a load balancer', hash: balancer, open: choose('What else can be done', 'Delete …'), place: dialog, names: ODDS },
  { what: 'a load balancer that is changed', hash: balancer, open: press('Edit …'), place: dialog, names: ODDS },
  { what: 'a firewall that is changed', hash: firewall, open: press('Edit …'), place: dialog, names: [NAMED.firewall] },
  { what: 'a tag that is removed', hash: firewall, open: press(`Remove the tag ${ODD.long}`), place: dialog, names: [ODD.long] },

  { what: 'a project that is changed', hash: project, open: choose('What can be done to the project', 'Edit'), place: dialog, names: ODDS },
  { what: 'what is found of one kind', hash: '#/search?q=0&tab=serverGroups', place: region('Server groups'), names: ODDS },
  { what: 'what is not found', hash: `#/search?q=${encodeURIComponent(ODD.long)}&tab=executions`, place: main, names: [ODD.long] },
  { what: 'a task that is cancelled', hash: '#/tasks/T1', open: press('Cancel …'), place: dialog, names: [ODD.script] },
  { what: 'why a run stands so', hash: '#/admin?why=E0', place: dialog, names: ODDS },
  { what: 'a run that is ended', hash: '#/admin', open: choose(`More for ${ODD.long}`, 'End by force …'), place: dialog, names: [ODD.long] },
];
