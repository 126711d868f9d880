import { expect, it } from 'vitest';

import { titleOf } from './facts';

it('a field has a title', () => {
  expect(titleOf('unhealthyThreshold')).toBe('Unhealthy threshold');
  expect(titleOf('intervalMs')).toBe('Interval (ms)');
  expect(titleOf('GREETER_VERSION')).toBe('GREETER_VERSION');
  expect(titleOf('<b>')).toBe('<b>');
});
