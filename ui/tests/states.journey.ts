/** Every screen where gate has nothing, and where it has far too much with names that mean harm: shown as text, within the page. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { HUGE, NOTHING, ODD, pretend, TOO_MUCH } from './fake';
import { accessible, ALL_SCREENS, arrive, sideBySide } from './support';
import { SCREENS, type Screen } from './table';

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 740 };
const screens = Object.entries(SCREENS);

/** Nothing is wider than the page. */
async function fits(page: Page, what: string): Promise<void> {
  for (const size of [NARROW, WIDE]) {
    await page.setViewportSize(size);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(over, `${what} at ${size.width} px: pixels wider than the page`).toBeLessThanOrEqual(0);
  }
}

it('say that there is nothing, and what to do about it', async () => {
  await sideBySide(screens, async (page, [path, { hash, empty }]) => {
    await pretend(page, () => NOTHING);
    const address = hash(path === '/applications/$application' ? { ...HUGE, application: 'nobody' } : HUGE);
    await arrive(page, address);
    await page.getByText(empty).first().waitFor();
    await accessible(page, `${address} without anything`);
    await fits(page, `${address} without anything`);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });
}, ALL_SCREENS);

it('bear far too much, and names that look like something else', async () => {
  await sideBySide(screens, async (page, [, screen]) => {
    await pretend(page, () => TOO_MUCH);
    await huge(page, screen);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });
}, ALL_SCREENS);

async function huge(page: Page, { hash, there, isBare }: Screen): Promise<void> {
  const address = hash(HUGE);
  await arrive(page, address);
  await there(page, HUGE);
  if (!isBare) {
    for (const name of [ODD.script, ODD.arabic, ODD.emoji]) await page.getByText(name).first().waitFor({ state: 'attached' });
  }
  expect(await page.locator('img').count(), `${address}: a name is no picture`).toBe(0);
  await accessible(page, `${address} with too much`);
  await fits(page, `${address} with too much`);
}
