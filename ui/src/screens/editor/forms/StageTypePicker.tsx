/** The list of stage types to pick one from: typed, and chosen with arrows and Enter. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useMemo, useRef, useState } from 'react';

import { preconfiguredStages, stageSchemas } from '../../../gate/capabilities';
import { cx } from '../../../parts/cx';
import { Icon } from '../../../parts/Icon';
import { Answer } from '../../../parts/States';
import type { StageConfig } from '../model';
import styles from './forms.module.css';
import { type StageType, stageTypes } from './stages/catalogue';

/** The picker; `onPick` gets a stage without an id. */
export function StageTypePicker({ onPick }: { onPick: (stage: Partial<StageConfig>) => void }) {
  const schemas = useQuery(stageSchemas);
  const prepared = useQuery(preconfiguredStages).data;
  return <Answer query={schemas} what="stage types">{(known) => <Types all={stageTypes(known, prepared ?? [])} onPick={onPick} />}</Answer>;
}

function Types({ all, onPick }: { all: readonly StageType[]; onPick: (stage: Partial<StageConfig>) => void }) {
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const found = useMemo(() => foundBy(all, typed), [all, typed]);
  const active = Math.min(at, found.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });
  const pick = (one: StageType | undefined): void => {
    if (one) onPick(structuredClone(one.fresh));
  };
  return (
    <div className={styles.picker}>
      <div className={styles.find}>
        <Icon name="search" />
        <input
          autoFocus
          role="combobox"
          aria-label="Find a stage type"
          aria-expanded="true"
          aria-controls={`${id}-types`}
          aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
          placeholder="Find a stage type"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (step !== undefined && found.length > 0) {
              event.preventDefault();
              setAt((active + step + found.length) % found.length);
            } else if (event.key === 'Enter') {
              event.preventDefault();
              pick(found[active]);
            }
          }}
        />
      </div>
      <ul id={`${id}-types`} role="listbox" aria-label="Stage types" className={styles.types} ref={list} tabIndex={-1}>
        {found.map((one, index) => (
          // The keyboard is in the field, which says which of these is chosen.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
          <li key={one.type} id={`${id}-${index}`} role="option" aria-selected={index === active} className={cx(styles.type, one.section !== found[index - 1]?.section && typed === '' && styles.first)} onClick={() => pick(one)}>
            {one.section !== found[index - 1]?.section && typed === '' && <span className={styles.section} aria-hidden="true">{one.section}</span>}
            <strong>{one.label}</strong>
            <span className={styles.note}>{one.description}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="soft">No stage type is called so.</p>}
    </div>
  );
}

/** The types that have all words in their names or their descriptions, those with names that begin so first. */
export function foundBy(all: readonly StageType[], typed: string): StageType[] {
  const words = typed.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return [...all];
  const score = (one: StageType): number => {
    const name = `${one.label} ${one.type}`.toLowerCase();
    const whole = `${name} ${one.description.toLowerCase()}`;
    if (!words.every((word) => whole.includes(word))) return -1;
    if (name.startsWith(words.join(' '))) return 2;
    return words.every((word) => name.includes(word)) ? 1 : 0;
  };
  const scored = all.map((one) => ({ one, score: score(one) })).filter((entry) => entry.score >= 0);
  return scored.toSorted((left, right) => right.score - left.score).map(({ one }) => one);
}
