/** Load balancers, firewalls and jobs: made, looked at, changed and removed, with texts that mean harm. */
import { beforeAll, expect, it } from 'vitest';

import { deployVersion, makeDelivery, task } from './greeter';
import { accessible, ask, enter, leave, until, visit } from './support';

const APPLICATION = 'quay';
const HOSTILE = 'printf "first\\n\\033[31mred\\033[0m \\033[2J\\033]0;title\\007<script>alert(1)</script> مرحبا\\n"';

interface Balancer {
  name: string;
  securityGroups: string[];
  listeners: { port: number; protocol: string; listening: boolean }[];
}

const balancers = (): Promise<Balancer[]> => ask('GET', `/applications/${APPLICATION}/loadBalancers`);

beforeAll(async () => {
  await makeDelivery(APPLICATION);
  await deployVersion(APPLICATION, '1');
}, 180_000);

it('makes a firewall and a load balancer behind it, and shows who stands behind one', async () => {
  const page = await visit(`#/applications/${APPLICATION}/firewalls`);
  await page.getByText('There is no firewall yet').waitFor();
  await enter(page.getByRole('button', { name: 'Create …' }));
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('quay-office');
  await dialog.getByLabel('Who may connect').fill('everybody');
  await dialog.getByText('"everybody" is no rule').waitFor();
  await dialog.getByLabel('Who may connect').fill('127.0.0.0/8\n::1 8000-8099');
  await dialog.getByRole('region', { name: 'Plan' }).getByText('security group quay-office').waitFor();
  await accessible(page, 'a new firewall');
  await enter(dialog.getByRole('button', { name: 'Create', exact: true }));
  await dialog.getByRole('status').getByText('Succeeded').waitFor();
  await enter(dialog.getByRole('button', { name: 'Close' }));
  await enter(page.getByRole('table', { name: 'Firewalls' }).getByRole('link', { name: 'quay-office' }));
  const firewall = page.getByRole('region', { name: 'Firewall quay-office' });
  await firewall.getByRole('cell', { name: '8000–8099' }).waitFor();
  await accessible(page, 'a firewall');

  await page.keyboard.press('g');
  await page.keyboard.press('b');
  const table = page.getByRole('table', { name: 'Load balancers' });
  await table.getByRole('link', { name: 'quay', exact: true }).waitFor();
  await enter(page.getByRole('button', { name: 'Create …' }));
  await dialog.getByLabel('Name').fill('other');
  await dialog.getByText('Its name is quay, or begins with quay-.').waitFor();
  await dialog.getByLabel('Name').fill('quay-front');
  await enter(dialog.getByRole('button', { name: 'Add a listener' }));
  await enter(dialog.getByRole('button', { name: /Protocol of listener 2/ }));
  await enter(page.getByRole('option', { name: 'TCP' }));
  await dialog.getByText('quay-office').click();
  await dialog.getByRole('region', { name: 'Plan' }).getByText('load balancer quay-front').waitFor();
  await accessible(page, 'a new load balancer');
  await enter(dialog.getByRole('button', { name: 'Create', exact: true }));
  await dialog.getByRole('status').getByText('Succeeded').waitFor();
  await enter(dialog.getByRole('button', { name: 'Close' }));
  await table.getByRole('link', { name: 'quay-front' }).waitFor();
  const made = (await balancers()).find(({ name }) => name === 'quay-front');
  expect(made?.securityGroups).toEqual(['quay-office']);
  expect(made?.listeners.map(({ protocol }) => protocol)).toEqual(['http', 'tcp']);

  await enter(table.getByRole('link', { name: 'quay', exact: true }));
  const details = page.getByRole('region', { name: 'Load balancer quay', exact: true });
  await details.getByText('listens', { exact: true }).waitFor();
  await details.getByText('2 up').waitFor();
  await accessible(page, 'a load balancer');
  await enter(details.getByRole('link', { name: 'quay-v000', exact: true }));
  await page.getByRole('region', { name: 'Server group quay-v000' }).waitFor();
  await leave(page);
});

it('edits a load balancer, and deletes it once its name was typed', async () => {
  const page = await visit(`#/applications/${APPLICATION}/loadBalancers/loadBalancerDetails/local/local/local/-/quay-front`);
  const details = page.getByRole('region', { name: 'Load balancer quay-front' });
  const dialog = page.getByRole('dialog');
  await enter(details.getByRole('button', { name: 'Edit …' }));
  await enter(dialog.getByRole('button', { name: 'Remove listener 2' }));
  await enter(dialog.getByRole('button', { name: 'Save', exact: true }));
  await dialog.getByRole('status').getByText('Succeeded').waitFor();
  await enter(dialog.getByRole('button', { name: 'Close' }));
  await until('it has one listener', async () => (await balancers()).find(({ name }) => name === 'quay-front')?.listeners.length === 1);
  await enter(details.getByRole('button', { name: 'What else can be done' }));
  await enter(page.getByRole('menuitem', { name: 'Delete …' }));
  await dialog.getByText('No server group stands behind it.').waitFor();
  const remove = dialog.getByRole('button', { name: 'Delete', exact: true });
  expect(await remove.isDisabled(), 'before its name was typed').toBe(true);
  await dialog.getByLabel('Type quay-front to go on').fill('quay-front');
  await enter(remove);
  await page.waitForURL(/\/loadBalancers$/);
  await page.getByRole('link', { name: 'quay-front' }).waitFor({ state: 'detached' });
  await leave(page);
});

it('changes the weight of a server group and lets it scale by itself', async () => {
  const page = await visit(`#/applications/${APPLICATION}/clusters/serverGroupDetails/local/local/local/quay-v000`);
  const details = page.getByRole('region', { name: 'Server group quay-v000' });
  const dialog = page.getByRole('dialog');
  await enter(details.getByRole('button', { name: 'What else can be done' }));
  await enter(page.getByRole('menuitem', { name: 'Change its weight …' }));
  await dialog.getByLabel('Weight').fill('10');
  await dialog.getByRole('region', { name: 'Plan' }).getByText('weight 10').waitFor();
  await enter(dialog.getByRole('button', { name: 'Change the weight' }));
  await dialog.getByRole('status').getByText('Succeeded').waitFor();
  await enter(dialog.getByRole('button', { name: 'Close' }));
  const scaling = details.getByRole('region', { name: 'Scaling' });
  await enter(scaling.getByRole('button', { name: 'Add …' }));
  await dialog.getByLabel('Target of each instance').fill('60');
  await dialog.getByRole('region', { name: 'Plan' }).getByText('scaling policy quay-v000-scaling').waitFor();
  await accessible(page, 'a scaling policy');
  await enter(dialog.getByRole('button', { name: 'Save', exact: true }));
  await dialog.getByRole('status').getByText('Succeeded').waitFor();
  await enter(dialog.getByRole('button', { name: 'Close' }));
  await scaling.getByText('quay-v000-scaling').first().waitFor();
  await enter(scaling.getByRole('button', { name: 'Delete the scaling policy quay-v000-scaling' }));
  await enter(dialog.getByRole('button', { name: 'Delete', exact: true }));
  await dialog.getByRole('status').getByText('Succeeded').waitFor();
  await enter(dialog.getByRole('button', { name: 'Close' }));
  await scaling.getByText('Its size changes by hand only.').waitFor();
  await leave(page);
});

it('lists jobs, and shows their output harmlessly', async () => {
  await task(APPLICATION, 'job', { type: 'runJob', cloudProviderType: 'local', application: APPLICATION, stack: 'print', command: '/bin/sh', arguments: ['-c', HOSTILE] });
  const page = await visit(`#/applications/${APPLICATION}/jobs`);
  const row = page.getByRole('table', { name: 'Jobs' }).getByRole('row').filter({ hasText: 'quay-print' });
  await row.getByText('Succeeded').waitFor();
  await accessible(page, 'the list of jobs');
  await enter(row.getByRole('link'));
  const log = page.getByRole('log');
  await log.getByText('first').waitFor();
  await log.getByText('<script>alert(1)</script> مرحبا').waitFor();
  await log.getByText('red', { exact: true }).waitFor();
  await page.getByText('It has ended').waitFor();
  await accessible(page, 'a job');
  await leave(page);
});
