/** An application from its creation to its end, by keyboard; and names that look like something else. */
import { expect, it } from 'vitest';

import { accessible, ask, enter, leave, makeApplication, until, visit } from './support';

it('is made, found, liked, changed and deleted by keyboard', async () => {
  const page = await visit('#/applications');
  await page.getByRole('heading', { name: 'Applications' }).waitFor();
  await accessible(page, 'the list with nothing in it');
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').waitFor();
  await page.keyboard.type('Sail');
  await page.keyboard.press('Tab');
  await page.keyboard.type('nobody');
  await page.keyboard.press('Tab');
  await dialog.getByText('Write an address such as').waitFor();
  await accessible(page, 'the form with something wrong');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.type('crew@example.com');
  await page.keyboard.press('Tab');
  await page.keyboard.type('A boat');
  await enter(dialog.getByLabel("Owner's e-mail"));
  await page.waitForURL(/#\/applications\/sail\/executions$/);
  await page.getByRole('heading', { name: 'sail' }).waitFor();
  await page.getByText('There is no pipeline yet').waitFor();
  await accessible(page, 'an application with nothing in it');

  await makeApplication('harbour');
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.getByRole('link', { name: 'harbour' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('crew');
  await until('only sail is shown', async () => (await page.getByRole('table').getByRole('link').allTextContents()).join() === 'sail');
  expect(page.url()).toContain('q=crew');
  await page.reload();
  await page.getByText(/^1 of/).waitFor();
  await enter(page.getByRole('button', { name: 'Make sail a favourite' }));
  await page.getByRole('region', { name: 'Favourites' }).getByRole('link', { name: 'sail' }).waitFor();
  await accessible(page, 'the list');

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  await page.keyboard.type('edit');
  await accessible(page, 'the palette');
  await page.keyboard.press('Escape');
  await enter(page.getByRole('region', { name: 'Favourites' }).getByRole('link', { name: 'sail' }));
  await enter(page.getByRole('button', { name: 'What can be done to the application' }));
  await enter(page.getByRole('menuitem', { name: 'Edit' }));
  await dialog.getByLabel('Description').fill('A fast boat');
  await page.keyboard.press('Tab');
  await enter(dialog.getByRole('button', { name: 'Save' }));
  await page.getByText('sail is changed.').waitFor();
  const now = await ask<{ attributes: { description: string; email: string } }>('GET', '/applications/sail');
  expect(now.attributes).toMatchObject({ description: 'A fast boat', email: 'crew@example.com' });

  await enter(page.getByRole('button', { name: 'What can be done to the application' }));
  await enter(page.getByRole('menuitem', { name: 'Delete' }));
  await accessible(page, 'the question before a deletion');
  await dialog.getByLabel('Type sail to go on').fill('sail');
  await page.keyboard.press('Enter');
  await page.getByText('sail is deleted.').waitFor();
  await until('sail is gone', async () => (await page.getByRole('table').getByRole('link').allTextContents()).join() === 'harbour');
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
