/** What a pipeline asks for when it is started by hand, and gets from triggers. */
import type { Fields } from '../../../../gate/wire';
import { choice, choices, flag, list, type Spec, text } from '../spec';
import { twice } from './artifacts';

const hasOptions = (parameter: Fields): boolean => parameter['hasOptions'] === true;

/** The parameters. */
export const parameters: readonly Spec[] = [
  list('parameterConfig', 'Parameters', {
    item: 'Parameter',
    // Upstream's page writes an empty list where there are no options.
    keeps: ['options'],
    description: 'A form asks for them in this order. Expressions read them as ${parameters.name}.',
    titleOf: ({ label, name }) => String(label || name || ''),
    fresh: [{ label: 'Parameter', make: () => ({ name: '', label: '', required: false, default: '', description: '', hasOptions: false, options: [] }) }],
    fields: [
      text('name', 'Name', { required: true, code: true, check: (value, _, { pipeline }) => (twice(pipeline.parameterConfig, 'name', value) ? 'Another parameter is called so.' : undefined) }),
      text('label', 'Label', { description: 'What people read; the name without one.' }),
      text('description', 'Description'),
      flag('required', 'Required', { default: false }),
      flag('pinned', 'Shown first in lists of runs', { default: false }),
      flag('hasOptions', 'One of some values', { default: false }),
      list('options', 'Values', { item: 'Value', when: hasOptions, fresh: [{ label: 'Value', make: () => ({ value: '' }) }], fields: [text('value', 'Value')] }),
      choice('constraint', 'Must be', { choices: choices({ date: 'A date' }), when: (parameter) => !hasOptions(parameter) }),
      text('default', 'Default', {
        check: (value, parameter) => (hasOptions(parameter) && Array.isArray(parameter['options']) && !parameter['options'].some((one) => (one as Fields)['value'] === value) ? 'It is none of the values.' : undefined),
      }),
    ],
  }),
];
