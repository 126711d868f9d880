/** What a cloud says of a thing, field by field, whatever the fields are. */
import { type ReactNode } from 'react';

import type { Fields, Json } from '../../gate/wire';
import { Long } from '../../parts/Long';
import { titleOf } from './facts';
import styles from './Facts.module.css';

/** A list of names with what they are; those without a value are left out. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  const shown = facts.filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false);
  if (shown.length === 0) return null;
  return (
    <dl className={styles.facts}>
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The fields of an object, but for those of these names; objects within it stand indented. */
export function FieldsOf({ of, without = [] }: { of: Fields; without?: readonly string[] }) {
  const fields = Object.entries(of).filter(([name, value]) => !without.includes(name) && !isNothing(value));
  if (fields.length === 0) return null;
  return <Facts facts={fields.map(([name, value]) => [titleOf(name), <Value key={name} value={value} />] as const)} />;
}

/** A value of any form. */
export function Value({ value }: { value: Json }) {
  if (Array.isArray(value)) {
    if (value.every((one) => typeof one !== 'object' || one === null)) {
      return (
        <ul className={styles.texts}>
          {value.map((one, index) => (
            <li key={index}>
              <bdi>{String(one)}</bdi>
            </li>
          ))}
        </ul>
      );
    }
    return <Long as="pre" className={styles.json}>{JSON.stringify(value, null, 2)}</Long>;
  }
  if (typeof value === 'object' && value !== null) {
    const flat = Object.values(value).every((one) => typeof one !== 'object' || one === null);
    return flat ? <FieldsOf of={value as Fields} /> : <Long as="pre" className={styles.json}>{JSON.stringify(value, null, 2)}</Long>;
  }
  if (typeof value === 'boolean') return <>{value ? 'yes' : 'no'}</>;
  return <bdi className={styles.text}>{String(value)}</bdi>;
}

/** All that gate says of it, as JSON, folded away. */
export function AsJson({ value }: { value: Json }) {
  return (
    <details className={styles.all}>
      <summary>All that gate says of it</summary>
      <Long as="pre" className={styles.json}>{JSON.stringify(value, null, 2)}</Long>
    </details>
  );
}

function isNothing(value: Json): boolean {
  if (value === null || value === undefined || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
