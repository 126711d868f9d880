/** Times on a screen: they say what zone they are in, and those that run are kept running. */
import { Fragment, useEffect, useMemo } from 'react';

import { store } from './store';
import styles from './Text.module.css';
import { age, duration, moment } from './time';

const TICK = 1000;
const clock = store(Date.now());
let followers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The time, in epoch milliseconds; renders again every second while `runs`. */
export function useNow(runs = true): number {
  useEffect(() => {
    if (!runs) return undefined;
    followers += 1;
    clock.set(Date.now());
    timer ??= setInterval(() => clock.set(Date.now()), TICK);
    return () => {
      followers -= 1;
      if (followers === 0) {
        clearInterval(timer);
        timer = undefined;
      }
    };
  }, [runs]);
  return clock.use();
}

/** A moment with its zone; a line breaks between its parts only. */
export function Moment({ at }: { at: number | null | undefined }) {
  if (!at) return <span className="soft">–</span>;
  return (
    <time className="number" dateTime={new Date(at).toISOString()}>
      {moment(at)
        .split(' ')
        .map((part, index) => (
          <Fragment key={index}>
            {index > 0 && ' '}
            <span className={styles.whole}>{part}</span>
          </Fragment>
        ))}
    </time>
  );
}

/** How long ago; the moment itself is its title. */
export function Ago({ at }: { at: number | null | undefined }) {
  return at ? <RunningAgo at={at} /> : <span className="soft">–</span>;
}

function RunningAgo({ at }: { at: number }) {
  const now = useNow();
  // A screen has hundreds of these, and a zone's time costs more than all the rest of one.
  const title = useMemo(() => moment(at), [at]);
  return (
    <time className="number" dateTime={new Date(at).toISOString()} title={title}>
      {age(at, now)}
    </time>
  );
}

/** How long something took, or has taken until now. */
export function Duration({ from, to }: { from: number | null | undefined; to: number | null | undefined }) {
  if (!from) return <span className="soft">–</span>;
  return to ? <span className="number">{duration(to - from)}</span> : <RunningDuration from={from} />;
}

function RunningDuration({ from }: { from: number }) {
  return <span className="number">{duration(useNow() - from)}</span>;
}
