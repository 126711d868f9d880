/** The stages in the order in which they may run, as a list: what the graph shows, for the keyboard and for who reads. */
import { memo, useEffect, useRef } from 'react';

import { isolated } from '../../parts/sentence';
import { inOrder, labelOf, type StageConfig } from './model';
import type { Session } from './session';
import styles from './StageList.module.css';

/** The list; the arrow keys walk in it. */
export function StageList({ session }: { session: Session }) {
  const { history, chosen } = session.use();
  const list = useRef<HTMLOListElement>(null);
  const order = inOrder(history.now);
  const names = new Map(order.map((one) => [one.refId, labelOf(one)]));
  useEffect(() => {
    const current = list.current?.querySelector<HTMLElement>('[aria-current="true"]');
    current?.scrollIntoView({ block: 'nearest' });
    // The keyboard goes along where it is in the list.
    if (list.current?.contains(document.activeElement)) current?.focus();
  }, [chosen]);
  return (
    <ol ref={list} className={styles.list} aria-label="Stages in their order">
      {order.map((one, index) => (
        <Row
          key={one.refId}
          stage={one}
          number={index + 1}
          waits={one.requisiteStageRefIds.map((ref) => isolated(names.get(ref) ?? ref)).join(', ')}
          isChosen={one.refId === chosen}
          canTab={one.refId === chosen || (chosen === undefined && index === 0)}
          session={session}
        />
      ))}
    </ol>
  );
}

const Row = memo(function Row({ stage, number, waits, isChosen, canTab, session }: { stage: StageConfig; number: number; waits: string; isChosen: boolean; canTab: boolean; session: Session }) {
  return (
    <li>
      <button
        type="button"
        className={styles.row}
        aria-current={isChosen}
        tabIndex={canTab ? 0 : -1}
        onClick={() => session.choose(stage.refId)}
        onKeyDown={(event) => {
          const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (by === undefined) return;
          event.preventDefault();
          session.walk(by);
        }}
      >
        <span className={styles.number} aria-hidden="true">
          {number}
        </span>
        <span className={styles.text}>
          <bdi className={styles.name}>{labelOf(stage)}</bdi>
          <span className={styles.waits}>{waits === '' ? 'at once' : <bdi>after {waits}</bdi>}</span>
        </span>
      </button>
    </li>
  );
});
