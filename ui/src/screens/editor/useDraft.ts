/** Keeps what is changed in the browser while it is changed, and forgets it once it is saved. */
import { useEffect, useRef, useState } from 'react';

import { forgetDraft, keepDraft, watchDrafts } from './draft';
import type { Session } from './session';

/** Typing is not held up by writing. */
const PAUSE = 250;

/** Follows the session of the pipeline of this id; says whether another tab of this browser changes it too. */
export function useDraft(session: Session, id: string): boolean {
  const state = session.use();
  const written = useRef(state);
  const [isElsewhere, setElsewhere] = useState(false);
  useEffect(() => {
    const write = (): void => {
      if (session.now === written.current) return;
      written.current = session.now;
      keep(session, id);
    };
    const timer = setTimeout(write, PAUSE);
    window.addEventListener('pagehide', write);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('pagehide', write);
    };
  }, [session, id, state]);
  useEffect(() => {
    const ended = watchDrafts(id, { onOther: setElsewhere, onForgotten: () => isUnsaved(session) && keep(session, id) });
    return () => {
      ended();
      keep(session, id);
    };
  }, [session, id]);
  return isElsewhere;
}

function keep(session: Session, id: string): void {
  const { unread, history, base } = session.now;
  if (isUnsaved(session)) keepDraft(id, { pipeline: history.now, base, unread, at: Date.now() });
  else forgetDraft(id);
}

function isUnsaved(session: Session): boolean {
  return session.now.isChanged || session.now.unread !== undefined;
}
