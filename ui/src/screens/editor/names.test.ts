import { expect, it } from 'vitest';

import { nameProblem } from './names';

it('says which names will not do', () => {
  expect(nameProblem('  ', [])).toContain('Give');
  expect(nameProblem('a/b', [])).toContain('none of');
  expect(nameProblem('deploy ', ['Deploy'])).toContain('There is one');
  expect(nameProblem('<script>alert(1)</script>', [])).toContain('none of');
  expect(nameProblem('مرحبا 🎉 <b>', ['other'])).toBeUndefined();
});
