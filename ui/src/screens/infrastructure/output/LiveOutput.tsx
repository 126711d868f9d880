/** The output of an instance or a job: it is followed, searched and paused. What it says to terminals is harmless. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';

import type { Source } from '../../../gate/output';
import { Button, IconButton } from '../../../parts/Button';
import { Checkbox, SearchField } from '../../../parts/Field';
import { Problem } from '../../../parts/States';
import { pieces, plain } from './ansi';
import { found } from './lines';
import styles from './LiveOutput.module.css';
import { type State, useOutput } from './useOutput';

const LINE = 18;
const NEAR_END = 40;
const WORDS: Record<State, string> = {
  loading: 'Loading …',
  live: 'Live',
  stopped: 'Paused',
  ended: 'It has ended',
  polled: 'Asked for every few seconds: this gate has no live output',
  failed: 'Trying again …',
};

/** The output. */
export default function LiveOutput({ source }: { source: Source }) {
  const output = useOutput(source);
  const { lines, state } = output;
  const [follows, setFollows] = useState(true);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const place = useRef<HTMLDivElement>(null);
  // Where it was scrolled to last: only a move up ends following.
  const scrolled = useRef(0);
  const hits = useMemo(() => found(lines, text, plain), [lines, text]);
  const hit = hits.length === 0 ? undefined : hits[Math.min(at, hits.length - 1)];
  const virtual = useVirtualizer({ count: lines.all.length, getScrollElement: () => place.current, estimateSize: () => LINE, overscan: 20 });
  useEffect(() => {
    if (follows && lines.all.length > 0 && place.current) place.current.scrollTop = place.current.scrollHeight;
  }, [follows, lines]);
  const go = useCallback(
    (index: number) => {
      setFollows(false);
      setAt(index);
      const line = hits[index];
      if (line !== undefined) virtual.scrollToIndex(line, { align: 'center' });
    },
    [hits, virtual],
  );
  const search = (next: string): void => {
    setText(next);
    setAt(0);
  };
  useEffect(() => {
    // The first hit of another text; of more lines the same one stays.
    if (text !== '') go(0);
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [text]);
  const on = state === 'live' || state === 'loading' || state === 'failed';
  return (
    <div className={styles.output}>
      <div className={styles.tools}>
        <div className={styles.search}>
          <SearchField label="Search the output" value={text} onChange={search} />
        </div>
        {text !== '' && (
          <span className={styles.hits} role="status">
            {hits.length === 0 ? 'not found' : `${Math.min(at, hits.length - 1) + 1} of ${hits.length}`}
            <IconButton label="The one before" icon="up" isDisabled={hits.length === 0} onPress={() => go((at - 1 + hits.length) % hits.length)} />
            <IconButton label="The next one" icon="down" isDisabled={hits.length === 0} onPress={() => go((at + 1) % hits.length)} />
          </span>
        )}
        <Checkbox isSelected={follows} onChange={setFollows}>
          Follow
        </Checkbox>
        {(on || state === 'stopped') && (
          // One button for both, so that the keyboard stays on it.
          <Button icon={on ? 'pause' : 'play'} onPress={on ? output.stop : output.go}>
            {on ? 'Pause' : 'Go on'}
          </Button>
        )}
        <span className={styles.state} role="status">
          {WORDS[state]}
        </span>
      </div>
      {output.problem !== undefined && state === 'failed' && <Problem message={output.problem} />}
      {(output.skipped > 0 || lines.dropped > 0) && (
        <p className={styles.skipped}>
          {lines.dropped > 0 ? `The first ${lines.dropped} lines are left out here.` : 'What was written before is left out here.'}
          {output.skipped > 0 && (
            <Button look="quiet" onPress={output.fromStart}>
              Show it from its beginning
            </Button>
          )}
        </p>
      )}
      <div
        ref={place}
        className={styles.lines}
        role="log"
        aria-label="Output"
        aria-live="off"
        // It scrolls, so the keyboard has to reach it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
          if (!isAtEnd && follows && scrollTop < scrolled.current) setFollows(false);
          scrolled.current = scrollTop;
        }}
      >
        {lines.all.length === 0 ? (
          <p className={styles.none}>{state === 'loading' ? '' : 'It has written nothing.'}</p>
        ) : (
          <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map(({ index, start }) => (
              <Line key={index} top={start} text={lines.all[index] ?? ''} isHit={index === hit} />
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

const Line = memo(function Line({ text, top, isHit }: { text: string; top: number; isHit: boolean }) {
  return (
    <div className={styles.line} style={{ transform: `translateY(${top}px)` }} data-hit={isHit || undefined}>
      <bdi>
        {pieces(text).map((piece, index) => (
          <span key={index} data-colour={piece.colour} data-bold={piece.isBold}>
            {piece.text}
          </span>
        ))}
      </bdi>
    </div>
  );
});
