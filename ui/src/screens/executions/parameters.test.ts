import { describe, expect, it } from 'vitest';

import { initial, problems } from './parameters';

describe('the parameters of a start', () => {
  const parameters = [
    { name: 'version', required: true },
    { name: 'where', hasOptions: true, options: [{ value: 'eu' }, { value: 'us' }], default: 'eu' },
    { name: 'day', constraint: 'date' },
    { name: 'count', default: 3 },
  ];

  it('begin with what was there before, if that is still offered, else with the defaults', () => {
    expect(initial(parameters, { version: '2', where: 'moon' })).toEqual({ version: '2', where: 'eu', day: '', count: '3' });
  });

  it('are checked before they are sent', () => {
    expect(problems(parameters, { version: ' ', where: 'mars', day: 'today' })).toEqual({
      version: 'This parameter is needed.',
      where: 'Choose one of the options.',
      day: 'Write the date as 2026-11-29.',
    });
    expect(problems(parameters, { version: '1', where: 'us', day: '2026-11-29' })).toEqual({});
  });
});
