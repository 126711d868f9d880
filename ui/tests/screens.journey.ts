/**
 * Every screen of `table`, and every further picture, light and dark, wide and narrow: nothing serious for axe, nothing
 * wider than the page. With `UI_SCREENSHOTS` (a folder) each is also taken as a picture: `make screenshots`.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, expect, it } from 'vitest';

import { type Picture, PICTURES } from './pictures';
import { makeShop, type Shop } from './shop';
import { accessible, ALL_SCREENS, atOnce, leave, visit } from './support';
import { SCREENS } from './table';

const folder = process.env['UI_SCREENSHOTS'];
// Longer than a busy machine takes to deploy three server groups, in milliseconds.
const SETTING_UP = 180_000;
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 360, height: 740 } };
const THEMES = ['light', 'dark'] as const;

/** A screen's picture is called after its route: `application-executions-details`. */
const nameOf = (path: string): string => path.replace('/applications/$application', '/application').split('/').filter((part) => part !== '' && !part.startsWith('$')).join('-');
const names = Object.keys(SCREENS).map(nameOf);
// One of a list has the name of the list, which stands before it.
const screens = Object.values(SCREENS).map((screen, at): [string, Picture] => [names.indexOf(names[at] ?? '') < at ? `${names[at]}-one` : (names[at] ?? ''), screen]);
const further = Object.entries(PICTURES);

let shop: Shop;

beforeAll(async () => {
  shop = await makeShop();
  if (folder) await mkdir(folder, { recursive: true });
}, SETTING_UP);

it('have a picture each', () => {
  const all = [...screens, ...further].map(([name]) => name);
  expect(all.filter((name, at) => all.indexOf(name) < at)).toEqual([]);
});

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of THEMES) {
    // All four make pictures. As a test two of them see each size and each theme, of screens only: axe sees the dialogs in `states`.
    if (!folder && (size === 'wide') === (colorScheme === 'dark')) continue;
    const seen = folder ? further : [];
    it(`are sound ${colorScheme} and ${size}`, async () => {
      await atOnce([...screens, ...seen], async ([name, { hash, there }]) => {
        const page = await visit(hash(shop), { viewport, colorScheme });
        await there(page, shop);
        await page.evaluate(() => document.fonts.ready);
        if (folder) await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`), animations: 'disabled' });
        await accessible(page, `${name}, ${size}, ${colorScheme}`);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(over, `${name}, ${size}: pixels wider than the page`).toBeLessThanOrEqual(0);
        await leave(page);
      });
    }, ALL_SCREENS);
  }
}
