/** Follows the output of an instance or a job until it ends, or the component is gone. */
import { useCallback, useEffect, useRef, useState } from 'react';

import { messageOf } from '../../../gate/errors';
import { consoleOutput, hasNoPieces, piece, type Source } from '../../../gate/output';
import { appended, type Lines, NO_LINES } from './lines';

/** How it comes. */
export type State = 'loading' | 'live' | 'stopped' | 'ended' | 'polled' | 'failed';

/** What is known of the output. */
export interface Output {
  readonly lines: Lines;
  readonly state: State;
  /** Bytes before what is shown. */
  readonly skipped: number;
  readonly problem: string | undefined;
  readonly stop: () => void;
  readonly go: () => void;
  /** Shows it from its beginning. */
  readonly fromStart: () => void;
}

const POLL_EVERY = 4000;
const TRY_AGAIN = 2000;

interface Known {
  readonly lines: Lines;
  readonly skipped: number;
}

/** The output as it comes. */
export function useOutput(source: Source): Output {
  const { account, region, id, provider } = source;
  const [known, setKnown] = useState<Known>({ lines: NO_LINES, skipped: 0 });
  const [state, setState] = useState<State>('loading');
  const [problem, setProblem] = useState<string>();
  // Where the next piece begins, for a run after a stop.
  const next = useRef<number>(undefined);
  // A run follows from an offset on; another one begins when this changes.
  const [run, setRun] = useState<{ from: number | undefined; isOn: boolean; nth: number }>({ from: undefined, isOn: true, nth: 0 });
  useEffect(() => {
    if (!run.isOn) return undefined;
    const stop = new AbortController();
    const own: Source = { account, region, id, provider };
    const follow = async (): Promise<void> => {
      let at = run.from;
      let first = run.from === undefined || run.from === 0;
      while (!stop.signal.aborted) {
        try {
          const { output, offset, next: after, ended } = await piece(own, at, stop.signal);
          at = after;
          const anew = first;
          first = false;
          setKnown((before) => ({ lines: appended(anew ? NO_LINES : before.lines, output), skipped: anew ? offset : before.skipped }));
          setProblem(undefined);
          setState(ended ? 'ended' : 'live');
          next.current = after;
          if (ended) return;
        } catch (error) {
          if (stop.signal.aborted) return;
          if (hasNoPieces(error)) {
            await poll(own, stop.signal, (text) => {
              setKnown({ lines: appended(NO_LINES, text), skipped: 0 });
              setState('polled');
            });
            return;
          }
          setProblem(messageOf(error));
          setState('failed');
          await pause(TRY_AGAIN, stop.signal);
        }
      }
    };
    void follow();
    return () => stop.abort();
  }, [account, region, id, provider, run]);
  const stop = useCallback(() => {
    setRun((now) => ({ ...now, isOn: false }));
    setState('stopped');
  }, []);
  const go = useCallback(() => setRun(({ nth }) => ({ from: next.current, isOn: true, nth: nth + 1 })), []);
  const fromStart = useCallback(() => setRun(({ nth }) => ({ from: 0, isOn: true, nth: nth + 1 })), []);
  return { ...known, state, problem, stop, go, fromStart };
}

/** Asks for the console every so often. */
async function poll(source: Source, stop: AbortSignal, take: (text: string) => void): Promise<void> {
  while (!stop.aborted) {
    try {
      take(await consoleOutput(source, stop));
    } catch {
      // What is known stays; it is asked for again.
    }
    await pause(POLL_EVERY, stop);
  }
}

function pause(time: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, time);
    stop.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
