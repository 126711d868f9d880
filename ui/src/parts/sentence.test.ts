import { expect, it } from 'vitest';

import { isolated, sentence } from './sentence';

it('leaves names alone that turn nothing', () => {
  expect(sentence`${'<b>Ship</b> 🎉'} waits for ${3} others.`).toBe('<b>Ship</b> 🎉 waits for 3 others.');
});

it('keeps names to themselves that turn what follows', () => {
  expect(sentence`${'evil \u202e name'} is saved.`).toBe('\u2068evil \u202e name\u2069 is saved.');
  expect(isolated('مرحبا')).toBe('\u2068مرحبا\u2069');
});
