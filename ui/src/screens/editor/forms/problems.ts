/** What is wrong with a field's value. An expression may stand anywhere: nobody knows what it will be. */
import type { Fields } from '../../../gate/wire';
import { shown, type FormScope, type Spec } from './spec';
import { isExpression, isFields, read } from './values';

/** What is wrong with the field's value in the form's object, as a sentence. */
export function problemOf(spec: Spec, form: Fields, scope: FormScope): string | undefined {
  const value = read(form, spec.at);
  if (value === undefined || value === null || value === '') return spec.required && spec.default === undefined ? 'This is needed.' : undefined;
  if (isExpression(value)) return undefined;
  return wrongShape(spec, value) ?? spec.check?.(value, form, scope);
}

function wrongShape(spec: Spec, value: unknown): string | undefined {
  switch (spec.kind) {
    case 'number':
      return asNumber(value) === undefined ? 'Write a number, or an expression such as ${parameters.count}.' : undefined;
    case 'integer': {
      const number = asNumber(value);
      return number === undefined || !Number.isInteger(number) ? 'Write a whole number, or an expression such as ${parameters.count}.' : undefined;
    }
    case 'flag':
      return typeof value === 'boolean' || value === 'true' || value === 'false' ? undefined : 'This is yes, no or an expression.';
    case 'list':
    case 'texts':
    case 'some':
      return Array.isArray(value) ? undefined : 'This is a list or an expression.';
    case 'map':
      return isFields(value) ? undefined : 'This is an object or an expression.';
    default:
      return undefined;
  }
}

/** The number that a number or a text is. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** How many of the fields that are shown have something wrong, those of lists among them. */
export function countProblems(specs: readonly Spec[], form: Fields, scope: FormScope): number {
  let count = 0;
  for (const spec of shown(specs, form)) {
    if (problemOf(spec, form, scope) !== undefined) count += 1;
    const value = read(form, spec.at);
    if (spec.kind !== 'list' || !Array.isArray(value)) continue;
    for (const item of value) if (isFields(item)) count += countProblems(spec.fields ?? [], item, scope);
  }
  return count;
}
