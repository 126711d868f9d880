/** What is set about an application: guards, links, banners, notifications, JSON, and what it was before. */
import { expect, it } from 'vitest';

import { accessible, ask, enter, leave, makeApplication, until, visit } from './support';

interface Attributes {
  attributes: Record<string, unknown>;
}

const attributesOf = async (name: string): Promise<Record<string, unknown>> => (await ask<Attributes>('GET', `/applications/${name}`)).attributes;

/** What somebody else changes. */
async function change(name: string, fields: object): Promise<void> {
  const job = [{ type: 'updateApplication', user: 'somebody', application: { name, email: `${name}@example.com`, ...fields } }];
  const { ref } = await ask<{ ref: string }>('POST', '/tasks', { application: name, description: `Update ${name}`, job });
  await until(`${name} is changed`, async () => (await ask<{ status: string }>('GET', ref)).status === 'SUCCEEDED');
}

it('is changed section by section', async () => {
  await makeApplication('rigging', 'Ropes <b>and</b> sails');
  const page = await visit('#/applications/rigging/config');
  const section = (name: string) => page.getByRole('region', { name, exact: true });
  await section('Attributes').getByText('Ropes <b>and</b> sails').waitFor();
  await section('History').getByText('The first version that is kept.').waitFor();
  await accessible(page, 'the configuration of a new application');

  const guards = section('Traffic guards');
  await enter(guards.getByRole('button', { name: 'Add a guard' }));
  await enter(page.getByRole('button', { name: 'Save Traffic guards' }));
  await guards.getByText('Choose an account.').waitFor();
  await guards.getByText('One field is wrong.').waitFor();
  await enter(guards.getByRole('button', { name: /Account/ }));
  await enter(page.getByRole('option', { name: 'local' }));
  await guards.getByLabel('Stack').fill('prod');
  await guards.getByLabel('Detail').fill('*');
  await guards.getByText('No cluster that there is now is meant.').waitFor();
  await enter(page.getByRole('button', { name: 'Save Traffic guards' }));
  await page.getByText('Traffic guards: saved.').waitFor();
  expect((await attributesOf('rigging'))['trafficGuards']).toEqual([{ account: 'local', location: '*', stack: 'prod', detail: '*', enabled: true }]);

  const banners = section('Banners');
  await enter(banners.getByRole('button', { name: 'Add a banner' }));
  await banners.getByLabel('Text').fill('<img src=x onerror=alert(1)> No deployments today');
  await banners.getByText('On', { exact: true }).click();
  await enter(page.getByRole('button', { name: 'Save Banners' }));
  await page.getByText('Banners: saved.').waitFor();
  await until('the banner stands over the screen', async () => (await page.getByText('<img src=x onerror=alert(1)> No deployments today').count()) >= 3);

  const links = section('Links');
  await enter(links.getByRole('button', { name: 'Add a group' }));
  await links.getByLabel('Title of the group').fill('Logs');
  await links.getByRole('group', { name: 'Link 1 of group 1' }).getByLabel('Title').fill('Today');
  await links.getByLabel('Path').fill('javascript:alert(2)');
  await enter(page.getByRole('button', { name: 'Save Links' }));
  await links.getByText('Begin with /').waitFor();
  await links.getByLabel('Path').fill('/logs');
  await enter(page.getByRole('button', { name: 'Save Links' }));
  await page.getByText('Links: saved.').waitFor();

  const notifications = section('Notifications');
  await enter(notifications.getByRole('button', { name: 'Add a notification' }));
  await notifications.getByLabel('E-mail address').fill('crew@example.com');
  await enter(page.getByRole('button', { name: 'Save Notifications' }));
  await page.getByText('Notifications: saved.').waitFor();
  const kept = await ask<{ email: { address: string; when: string[] }[] }>('GET', '/notifications/application/rigging');
  expect(kept.email).toMatchObject([{ address: 'crew@example.com', when: ['pipeline.failed'] }]);

  await leave(page);
});

it('is written as JSON, and what was before comes back', async () => {
  await makeApplication('mast', 'Tall <b>and</b> straight');
  const guard = { account: 'local', location: '*', stack: 'prod', detail: '*', enabled: true };
  const banner = { enabled: true, text: 'No deployments today', backgroundColor: 'var(--color-alert)', textColor: 'var(--color-text-on-dark)' };
  await change('mast', { trafficGuards: [guard], customBanners: [banner] });
  const page = await visit('#/applications/mast/config?section=json');
  const section = (name: string) => page.getByRole('region', { name, exact: true });
  const json = section('As JSON').getByLabel('Attributes');
  await json.fill('{ "email": "mast@example.com", ');
  await section('As JSON').getByText(/^This is no JSON/).waitFor();
  await accessible(page, 'the configuration with something wrong');
  await json.fill('{ "email": "mast@example.com", "cloudProviders": "local", "depth": "deep" }');
  await enter(page.getByRole('button', { name: 'Save As JSON' }));
  await page.getByText('As JSON: saved.').waitFor();
  expect(await attributesOf('mast')).toMatchObject({ depth: 'deep' });
  expect((await attributesOf('mast'))['customBanners'] ?? []).toEqual([]);

  // The version before the last one has everything that the JSON took out; guards are switched off.
  expect((await attributesOf('mast'))['trafficGuards']).toMatchObject([{ enabled: false }]);
  const history = section('History');
  await until('the newest version says what changed', async () => (await history.getByRole('listitem').first().textContent())?.includes('depth') === true);
  await enter(history.getByRole('button', { name: 'Restore' }).first());
  const dialog = page.getByRole('dialog');
  await dialog.getByText('trafficGuards').waitFor();
  await accessible(page, 'the question before a restoration');
  await enter(dialog.getByRole('button', { name: 'Restore' }));
  await page.getByText('mast is as it was.').waitFor();
  const now = await attributesOf('mast');
  expect(now['customBanners']).toMatchObject([{ enabled: true }]);
  expect(now['trafficGuards']).toMatchObject([{ enabled: true }]);
  expect(now).toMatchObject({ description: 'Tall <b>and</b> straight' });
  await leave(page);
});

it('asks before what was typed is lost, and tells what somebody else saved', async () => {
  await makeApplication('keel');
  const page = await visit('#/applications/keel/config?section=traffic-guards');
  const guards = page.getByRole('region', { name: 'Traffic guards', exact: true });
  await enter(guards.getByRole('button', { name: 'Add a guard' }));
  await page.getByRole('link', { name: 'Tasks' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('What you changed in “Traffic guards” is lost if you leave.').waitFor();
  await accessible(page, 'the question before leaving');
  await enter(dialog.getByRole('button', { name: 'Stay' }));
  await dialog.waitFor({ state: 'detached' });
  await guards.getByRole('button', { name: 'Remove guard 1' }).waitFor();

  const trafficGuards = [{ account: 'local', location: '*', stack: '*', detail: '*', enabled: false }];
  await change('keel', { trafficGuards });
  // What the page saves elsewhere makes it look anew.
  await page.getByText("Stages look at the cloud's own health").click();
  await enter(page.getByRole('button', { name: 'Save Health of instances' }));
  await page.getByText('Somebody else has saved this meanwhile.').waitFor();
  await enter(guards.getByRole('button', { name: 'Take theirs' }));
  await page.getByText('Somebody else has saved this meanwhile.').waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Tasks' }).click();
  await page.getByRole('table', { name: 'Tasks' }).waitFor();
  await leave(page);
});
