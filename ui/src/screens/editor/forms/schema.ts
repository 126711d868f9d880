/**
 * Fields made of a JSON Schema, as orca writes them for its stage types: an object's properties, each a text, a number, a
 * flag, one of some texts, a list or an object. Where a text is allowed besides something else, it is for an expression.
 */
import type { JsonSchema } from '../../../gate/capabilities';
import type { Fields } from '../../../gate/wire';
import { type Choice, type Kind, type Offer, type Spec, within } from './spec';
import { read } from './values';

/** What is offered for fields that many stage types have. */
const OFFERS: Readonly<Record<string, Offer>> = {
  account: 'accounts',
  application: 'applications',
  cluster: 'clusters',
  credentials: 'accounts',
  loadBalancerName: 'loadBalancers',
  loadBalancerNames: 'loadBalancers',
  region: 'regions',
  regions: 'regions',
  serverGroupName: 'serverGroups',
};

/** The fields of an object; those of an object within it stand in a group of their own. */
export function specsOf(schema: JsonSchema): Spec[] {
  const required = new Set(schema.required ?? []);
  const own = Object.entries(schema.properties ?? {}).map(([name, property]) => specOf(name, property, required.has(name)));
  return [...own, ...variants(schema)];
}

function specOf(name: string, schema: JsonSchema, required: boolean): Spec {
  const label = schema.title ?? titleOf(name);
  const common = {
    at: [name],
    label,
    ...(schema.description === undefined ? {} : { description: schema.description }),
    ...(schema.default === undefined ? {} : { default: schema.default }),
    ...(required ? { required } : {}),
    ...(OFFERS[name] ? { offer: OFFERS[name] } : {}),
  };
  const known = choicesOf(schema);
  if (known) return { ...common, kind: 'choice', choices: known };
  const type = typeOf(schema);
  if (type === 'object') {
    const fields = specsOf(schema);
    // Of an object that says nothing of its fields the user gives the names.
    if (fields.length === 0) return { ...common, kind: 'map' };
    return { kind: 'group', at: [], label, fields: within(name, fields), folded: !required, ...(schema.description ? { description: schema.description } : {}) };
  }
  if (type === 'array') {
    const fields = schema.items && typeOf(schema.items) === 'object' ? specsOf(schema.items) : [];
    if (fields.length > 0) return { ...common, kind: 'list', fields };
    return { ...common, kind: 'texts' };
  }
  const kinds: Readonly<Record<string, Kind>> = { string: 'text', number: 'number', integer: 'integer', boolean: 'flag' };
  return { ...common, kind: kinds[type ?? ''] ?? 'json' };
}

/** The type; of several the one that is not for expressions. */
function typeOf(schema: JsonSchema): string | undefined {
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  if (types.length === 0 && (schema.properties || schema.oneOf)) return 'object';
  return types.length > 1 ? types.find((type) => type !== 'string' && type !== 'null') ?? 'string' : types[0];
}

/** The texts that it may be, if it is one of some. */
function choicesOf(schema: JsonSchema): Choice[] | undefined {
  const label = (value: unknown): Choice => ({ value: String(value), label: String(value) });
  if (schema.enum) return schema.enum.map(label);
  for (const branch of schema.anyOf ?? []) if (branch.enum) return branch.enum.map(label);
  const constants = schema.oneOf ?? [];
  if (constants.length > 0 && constants.every((one) => one.const !== undefined)) {
    return constants.map((one) => ({ value: String(one.const), label: one.title ?? String(one.const) }));
  }
  return undefined;
}

/**
 * The fields of `oneOf`: a choice by the property that has another `const` in each, and the other properties where that one
 * is chosen. Without such a property nothing is known.
 */
function variants(schema: JsonSchema): Spec[] {
  const all = schema.oneOf ?? [];
  const [first] = all;
  const names = Object.keys(first?.properties ?? {});
  const tag = names.find((name) => all.every((one) => one.properties?.[name]?.const !== undefined));
  if (tag === undefined) return [];
  const valueOf = (one: JsonSchema): string => String(one.properties?.[tag]?.const);
  const choices = all.map((one) => ({ value: valueOf(one), label: one.title ?? valueOf(one) }));
  const which: Spec = { kind: 'choice', at: [tag], label: titleOf(tag), choices, required: true };
  const fields = all.flatMap((one) => {
    const { [tag]: _, ...others } = one.properties ?? {};
    const isChosen = (form: Fields): boolean => read(form, [tag]) === valueOf(one);
    return specsOf({ properties: others, ...(one.required ? { required: one.required } : {}) }).map((spec): Spec => ({ ...spec, when: isChosen }));
  });
  return [which, ...fields];
}

/** `waitTime` for people: `Wait time`. */
export function titleOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[._-]+/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
