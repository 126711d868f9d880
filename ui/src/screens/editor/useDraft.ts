/** Keeps what is changed in the browser while it is changed, and forgets it once it is saved. */
import { useEffect, useRef } from 'react';

import { forgetDraft, keepDraft } from './draft';
import type { Session } from './session';

/** Typing is not held up by writing. */
const PAUSE = 250;

/** Follows the session of the pipeline of this id. */
export function useDraft(session: Session, id: string): void {
  const state = session.use();
  const written = useRef(state);
  useEffect(() => {
    const write = (): void => {
      const { isChanged, unread, history, base } = session.now;
      if (session.now === written.current) return;
      written.current = session.now;
      if (isChanged || unread !== undefined) keepDraft(id, { pipeline: history.now, base, unread, at: Date.now() });
      else forgetDraft(id);
    };
    const timer = setTimeout(write, PAUSE);
    window.addEventListener('pagehide', write);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('pagehide', write);
    };
  }, [session, id, state]);
  useEffect(
    () => () => {
      const { isChanged, unread, history, base } = session.now;
      if (isChanged || unread !== undefined) keepDraft(id, { pipeline: history.now, base, unread, at: Date.now() });
      else forgetDraft(id);
    },
    [session, id],
  );
}
