/** Times on a screen: they say what zone they are in, and those that run are kept running. */
import { Fragment, useEffect, useRef, useSyncExternalStore } from 'react';

import { whenIdle } from './idle';
import styles from './Text.module.css';
import { age, duration, moment } from './time';

const TICK = 1000;
const followers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Calls `act` every second, until the returned function is called. */
function everySecond(act: () => void): () => void {
  followers.add(act);
  timer ??= setInterval(() => followers.forEach((each) => each()), TICK);
  return () => {
    followers.delete(act);
    if (followers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The second that it is, in epoch milliseconds; renders again every second. */
export function useNow(): number {
  return useSyncExternalStore(everySecond, () => Math.floor(Date.now() / TICK) * TICK);
}

/** A text that the time changes, as it is now; it is looked at every second, and rendered again when it is another. */
function useRunning(text: (now: number) => string): string {
  return useSyncExternalStore(everySecond, () => text(Date.now()));
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
  const ago = useRunning((now) => age(at, now));
  const place = useRef<HTMLTimeElement>(null);
  // A screen has hundreds of these, and a zone's time costs more than all the rest of one: it follows when there is time for it.
  useEffect(
    () =>
      whenIdle(() => {
        if (place.current) place.current.title = moment(at);
      }),
    [at],
  );
  return (
    <time ref={place} className="number" dateTime={new Date(at).toISOString()}>
      {ago}
    </time>
  );
}

/** How long something took, or has taken until now. */
export function Duration({ from, to }: { from: number | null | undefined; to: number | null | undefined }) {
  if (!from) return <span className="soft">–</span>;
  return to ? <span className="number">{duration(to - from)}</span> : <RunningDuration from={from} />;
}

function RunningDuration({ from }: { from: number }) {
  return <span className="number">{useRunning((now) => duration(now - from))}</span>;
}
