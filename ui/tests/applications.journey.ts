/** An application from its creation to its end, by keyboard; and names that look like something else. */
import { expect, it } from 'vitest';

import { Keys } from './keys';
import { accessible, ask, leave, makeApplication, until, visit } from './support';

it('is made, found, liked, changed and deleted by keyboard', async () => {
  const page = await visit('#/applications');
  const keys = new Keys(page);
  await page.getByRole('heading', { name: 'Applications' }).waitFor();
  await accessible(page, 'the list with nothing in it');
  await keys.press('c');
  const dialog = page.getByRole('dialog');
  await keys.isAt(dialog.getByLabel('Name'));
  await keys.type('Sail');
  await keys.write(dialog.getByLabel("Owner's e-mail"), 'nobody');
  await keys.write(dialog.getByLabel('Description'), 'A boat');
  await dialog.getByText('Write an address such as').waitFor();
  await accessible(page, 'the form with something wrong');
  await keys.write(dialog.getByLabel("Owner's e-mail"), 'crew@example.com');
  await keys.press('Enter');
  await page.waitForURL(/#\/applications\/sail\/executions$/);
  await page.getByRole('heading', { name: 'sail' }).waitFor();
  await page.getByText('There is no pipeline yet').waitFor();
  await accessible(page, 'an application with nothing in it');

  await makeApplication('harbour');
  await keys.press('g');
  await keys.press('a');
  await page.getByRole('link', { name: 'harbour' }).waitFor();
  await keys.press('/');
  await keys.isAt(page.getByRole('searchbox'));
  await keys.type('crew');
  await until('only sail is shown', async () => (await page.getByRole('table').getByRole('link').allTextContents()).join() === 'sail');
  expect(page.url()).toContain('q=crew');
  await page.reload();
  keys.anew();
  await page.getByText(/^1 of/).waitFor();
  await keys.push(page.getByRole('button', { name: 'Make sail a favourite' }));
  await page.getByRole('region', { name: 'Favourites' }).getByRole('link', { name: 'sail' }).waitFor();
  await accessible(page, 'the list');

  await keys.press('Control+k');
  await keys.isAt(page.getByRole('combobox'));
  await keys.type('edit');
  await accessible(page, 'the palette');
  await keys.press('Escape');
  await keys.isAt(page.getByRole('button', { name: 'sail is no favourite any more' }));
  await keys.push(page.getByRole('region', { name: 'Favourites' }).getByRole('link', { name: 'sail' }));
  const menu = page.getByRole('button', { name: 'What can be done to the application' });
  await keys.pick(menu, page.getByRole('menuitem', { name: 'Edit' }));
  await keys.write(dialog.getByLabel('Description'), 'A fast boat');
  await keys.push(dialog.getByRole('button', { name: 'Save' }));
  await page.getByText('sail is changed.').waitFor();
  await keys.isAt(menu);
  const now = await ask<{ attributes: { description: string; email: string } }>('GET', '/applications/sail');
  expect(now.attributes).toMatchObject({ description: 'A fast boat', email: 'crew@example.com' });

  await keys.pick(menu, page.getByRole('menuitem', { name: 'Delete' }));
  await accessible(page, 'the question before a deletion');
  await keys.isAt(dialog.getByLabel('Type sail to go on'));
  await keys.type('sail');
  await keys.press('Enter');
  await page.getByText('sail is deleted.').waitFor();
  await until('sail is gone', async () => (await page.getByRole('table').getByRole('link').allTextContents()).join() === 'harbour');
  await keys.isHeld();
  await leave(page);
});

it('has names and texts that are never more than text', async () => {
  const long = 'x'.repeat(5000);
  await makeApplication('odd1', '<script>alert(1)</script><img src=x onerror=alert(2)>');
  await makeApplication('odd2', 'مرحبا بالعالم \u202e reversed');
  await makeApplication('odd3', `🎉👩‍🚀 ${long}`);
  const page = await visit('#/applications?q=odd');
  await page.getByText('<script>alert(1)</script>').waitFor();
  await page.getByText('مرحبا بالعالم').waitFor();
  await page.getByText('🎉👩‍🚀').waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide, 'nothing is wider than the page').toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 320, height: 640 });
  await accessible(page, 'the list at 320 px');
  expect(await page.evaluate(() => document.documentElement.scrollWidth), 'at 320 px').toBeLessThanOrEqual(320);
  await leave(page);
});

it('says what to do where an address leads nowhere', async () => {
  const page = await visit('#/applications/nothing-of-this-name', { errorsExpected: true });
  await page.getByRole('heading', { name: 'There is no application nothing-of-this-name' }).waitFor();
  await page.goto(page.url().replace(/#.*/, '#/no/such/screen'));
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await accessible(page, 'no such page');
  await leave(page);
});
