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
const all: (readonly [string, Picture])[] = [...Object.entries(SCREENS).map(([path, screen]) => [nameOf(path), screen] as const), ...Object.entries(PICTURES)];

let shop: Shop;

beforeAll(async () => {
  shop = await makeShop();
  if (folder) await mkdir(folder, { recursive: true });
}, SETTING_UP);

for (const [size, viewport] of Object.entries(SIZES)) {
  // All four looks make pictures; as a test two of them see each size and each theme.
  const themes = folder ? THEMES : ([size === 'wide' ? 'light' : 'dark'] as const);
  it(`are sound ${themes.join(' and ')} where it is ${size}`, async () => {
    await atOnce(all, async ([name, { hash, there }]) => {
      const page = await visit(hash(shop), { viewport, colorScheme: themes[0] });
      await there(page, shop);
      await page.evaluate(() => document.fonts.ready);
      for (const colorScheme of themes) {
        await page.emulateMedia({ colorScheme });
        if (folder) await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`), animations: 'disabled' });
        await accessible(page, `${name}, ${size}, ${colorScheme}`);
      }
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(over, `${name}, ${size}: pixels wider than the page`).toBeLessThanOrEqual(0);
      await leave(page);
    });
  }, ALL_SCREENS);
}
