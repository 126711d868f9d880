import { expect, it } from 'vitest';

import { problemOfName } from './taken';

it('says that a name is missing or taken', () => {
  const known = [{ name: 'office', account: 'local' }];
  expect(problemOfName('firewall', { name: ' ', account: 'local' }, known)).toBe('A firewall has a name.');
  expect(problemOfName('firewall', { name: 'office', account: 'local' }, known)).toContain('There is a firewall office already');
  expect(problemOfName('firewall', { name: 'office', account: 'other' }, known)).toBeUndefined();
  expect(problemOfName('firewall', { name: 'home', account: 'local' }, known)).toBeUndefined();
});
