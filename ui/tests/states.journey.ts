/** Every screen where gate has nothing, and where it has far too much with names that mean harm: those are text, within the page. */
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { NAMED, NOTHING, ODD, pretend } from './fake';
import { LAST, TOO_MUCH } from './huge';
import { OVER } from './over';
import { accessible, ALL_SCREENS, arrive, sideBySide, until } from './support';
import { SCREENS } from './table';

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 740 };
/** What is virtual has fewer rows than this, however many there are. */
const FEW = 120;
const screens = Object.entries(SCREENS);

it('say that there is nothing, and what to do about it', async () => {
  await sideBySide(screens, async (page, [path, { hash, empty }]) => {
    await pretend(page, NOTHING);
    const address = hash(path === '/applications/$application' ? { ...NAMED, application: 'nobody' } : NAMED);
    await arrive(page, address);
    await page.getByText(empty).first().waitFor();
    await accessible(page, `${path} without anything`);
    await fits(page, `${path} without anything`);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });
}, ALL_SCREENS);

it('bear far too much, with names that look like something else', async () => {
  const seen = new Set<string>();
  await sideBySide(screens, async (page, [path, { hash, there, isBare }]) => {
    await pretend(page, TOO_MUCH);
    await arrive(page, hash(NAMED));
    await there(page, NAMED);
    // Some addresses lead to the same screen.
    const isNew = !seen.has(page.url());
    seen.add(page.url());
    if (isNew) {
      if (!isBare) await says(page.locator('body'), Object.values(ODD), path);
      const titled = path.startsWith('/applications/$application') ? NAMED.application : path.startsWith('/projects/') ? NAMED.project : undefined;
      if (titled !== undefined) expect(await page.title(), path).toBe(`${titled} · Gennaker`);
      await accessible(page, `${path} with too much`);
      await fits(page, `${path} with too much`);
    }
    const last = LAST[path];
    for (const size of last === undefined ? [] : [WIDE, NARROW]) {
      await page.setViewportSize(size);
      await reaches(page, last ?? '', path);
    }
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });
}, ALL_SCREENS);

it('show such names as text in dialogs, notes and what else stands over them', async () => {
  await sideBySide(OVER, async (page, { what, hash, open, place, names }) => {
    await pretend(page, TOO_MUCH);
    await page.setViewportSize(WIDE);
    await arrive(page, hash);
    await open?.(page);
    await says(place(page), names, what);
    await accessible(page, what);
    await fits(page, what);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });
}, ALL_SCREENS);

/** The names are text in that place, or in fields of it, and nothing else came of them. */
async function says(place: Locator, names: readonly string[], what: string): Promise<void> {
  const first = place.first();
  await first.waitFor();
  await until(`${what} says ${names.map((name) => name.slice(0, 20)).join(', ')}`, () =>
    first.evaluate((element, all) => {
      const fields = [...element.querySelectorAll('input, textarea')].map((field) => (field as HTMLInputElement).value);
      const texts = [element.textContent ?? '', ...fields];
      return all.every((name) => texts.some((text) => text.includes(name)));
    }, names),
  );
  const came = await first.page().evaluate(() => ({ ran: 'ran' in window, pictures: document.images.length, scripts: [...document.scripts].filter((script) => script.text.includes('ran =')).length }));
  expect(came, `${what}: what came of names`).toEqual({ ran: false, pictures: 0, scripts: 0 });
}

/** Nothing is wider than the page, and what is no table or code is not scrolled sideways. */
async function fits(page: Page, what: string): Promise<void> {
  for (const size of [NARROW, WIDE]) {
    await page.setViewportSize(size);
    const wider = await page.evaluate(() => {
      const isOver = (element: Element): boolean => element.getBoundingClientRect().right > window.innerWidth + 1;
      const over = document.documentElement.scrollWidth <= window.innerWidth ? [] : [...document.querySelectorAll('body *')].filter((element) => isOver(element) && element.parentElement !== null && !isOver(element.parentElement));
      const sideways = [...document.querySelectorAll('section, form, [role="dialog"], [role="listbox"]')].filter((element) => element.scrollWidth > element.clientWidth + 1);
      return [...over, ...sideways].slice(0, 5).map((element) => element.outerHTML.slice(0, 200));
    });
    expect(wider, `${what}: wider than its place at ${size.width} px`).toEqual([]);
  }
}

/** The last of a long list comes into sight where one scrolls to the end, and few of the others are drawn. */
async function reaches(page: Page, last: string, what: string): Promise<void> {
  await until(`${what} shows ${last} at its end`, () =>
    page.evaluate((name) => {
      window.scrollTo(0, document.documentElement.scrollHeight);
      const found = [...document.querySelectorAll('main bdi')].find((element) => element.textContent === name);
      if (!found) return false;
      const { left, top, height } = found.getBoundingClientRect();
      return document.elementFromPoint(left + 2, top + height / 2) === found;
    }, last),
  );
  const drawn = await page.locator('main [role="row"], main [role="listitem"]').count();
  expect(drawn, `${what}: rows that are drawn`).toBeLessThan(FEW);
}
