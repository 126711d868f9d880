import { expect, it } from 'vitest';

import { ranked } from './rank';

it('puts the likeliest first', () => {
  const names = ['webshop', 'shop', 'my-shop', 'shopping', 'search', 'sh(op'];
  expect(ranked(names, 'shop', (name) => name)).toEqual(['shop', 'shopping', 'my-shop', 'webshop', 'sh(op']);
  expect(ranked(names, '', (name) => name)).toEqual(names);
  expect(ranked(names, 'sh(', (name) => name)).toEqual(['sh(op']);
  expect(ranked(names, 'zzz', (name) => name)).toEqual([]);
});
