/** Every screen where gate has nothing: it says so, and what to do about it. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { NAMED, NOTHING, pretend } from './fake';
import { accessible, ALL_SCREENS, arrive, sideBySide } from './support';
import { SCREENS } from './table';

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 740 };
const screens = Object.entries(SCREENS);

/** Nothing is wider than the page. */
async function fits(page: Page, what: string): Promise<void> {
  for (const size of [NARROW, WIDE]) {
    await page.setViewportSize(size);
    const wider = await page.evaluate(() => {
      if (document.documentElement.scrollWidth <= window.innerWidth) return [];
      const isOver = (element: Element): boolean => element.getBoundingClientRect().right > window.innerWidth + 1;
      const first = [...document.querySelectorAll('body *')].filter((element) => isOver(element) && element.parentElement !== null && !isOver(element.parentElement));
      return ['the page', ...first.slice(0, 5).map((element) => element.outerHTML.slice(0, 160))];
    });
    expect(wider, `${what}: wider than ${size.width} px`).toEqual([]);
  }
}

it('say that there is nothing, and what to do about it', async () => {
  await sideBySide(screens, async (page, [path, { hash, empty }]) => {
    await pretend(page, () => NOTHING);
    const address = hash(path === '/applications/$application' ? { ...NAMED, application: 'nobody' } : NAMED);
    await arrive(page, address);
    await page.getByText(empty).first().waitFor();
    await accessible(page, `${address} without anything`);
    await fits(page, `${address} without anything`);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });
}, ALL_SCREENS);
