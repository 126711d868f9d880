/** The keys of the editor. Those with Ctrl (⌘) hold while somebody types too, but for those that a text has itself. */
import { useEffect } from 'react';

import { type Shortcut, useShortcuts } from '../../app/shortcuts';
import { copyStage, disconnect, moveStage } from './model';
import type { Session } from './session';
import type { Line } from './StageGraph';
import { focusStageName } from './StagePanel';
import type { Open } from './Workbench';

/** What keys do something to. */
interface Keys {
  session: Session;
  open: (open: Open) => void;
  line: Line | undefined;
  setLine: (line: Line | undefined) => void;
  show: (section: string) => void;
  section: string;
  isReadOnly: boolean;
  isTemplated: boolean;
}

/** Lets the keys hold while the editor is there. */
export function useEditorKeys({ session, open, line, setLine, show, section, isReadOnly, isTemplated }: Keys): void {
  const chosen = (act: (refId: string) => void): void => {
    const { chosen } = session.now;
    if (chosen !== undefined) act(chosen);
  };
  const remove = (): void => {
    if (line) {
      session.edit('Disconnect stages', (pipeline) => disconnect(pipeline, line.from, line.to));
      setLine(undefined);
    } else chosen((refId) => session.remove(refId));
  };
  const walking: Shortcut[] = [
    { keys: 'j', does: 'The next stage', act: () => session.walk(1) },
    { keys: 'k', does: 'The stage before', act: () => session.walk(-1) },
  ];
  const onStages: Shortcut[] = [
    { keys: 'a', does: 'Add a stage after the chosen one', act: () => open('add') },
    { keys: 'A', does: 'Add a stage that waits for nothing', act: () => open('addFirst') },
    { keys: 'e', does: 'Write the name of the chosen stage', act: focusStageName },
    { keys: 'w', does: 'What the chosen stage waits for: connect and disconnect', act: () => chosen(() => open('waits')) },
    { keys: 'm', does: 'Move the chosen stage behind another', act: () => chosen(() => open('move')) },
    { keys: 'd', does: 'Copy the chosen stage', act: () => chosen((refId) => session.make('Copy a stage', (pipeline) => copyStage(pipeline, refId))) },
    { keys: 'x', does: 'Delete the chosen stage or line', act: remove },
    { keys: 'Delete', does: 'The same', act: remove },
    { keys: '[', does: 'Move the chosen stage up in the list', act: () => chosen((refId) => session.edit('Move a stage', (pipeline) => moveStage(pipeline, refId, -1))) },
    { keys: ']', does: 'Move it down', act: () => chosen((refId) => session.edit('Move a stage', (pipeline) => moveStage(pipeline, refId, 1))) },
  ];
  const changing: Shortcut[] = [
    { keys: 'u', does: 'Undo (also Ctrl Z)', act: () => session.undo() },
    { keys: 'r', does: 'Do again (also Ctrl Shift Z)', act: () => session.redo() },
    { keys: 's', does: 'Look at what is changed, and save it (also Ctrl S)', act: () => session.now.isChanged && open('review') },
  ];
  const always: Shortcut[] = [
    { keys: 'p', does: 'What it would do', act: () => open('plan') },
    { keys: 'h', does: 'The versions of it', act: () => open('versions') },
    { keys: 'v', does: 'Stages, JSON, YAML in turn', act: () => show({ stages: 'json', json: 'yaml' }[section] ?? 'stages') },
  ];
  const isStages = section === 'stages' && !isTemplated;
  useShortcuts('Pipeline', [...(isStages ? walking : []), ...(isStages && !isReadOnly ? onStages : []), ...(isReadOnly ? [] : changing), ...always]);

  useEffect(() => {
    if (isReadOnly) return undefined;
    const press = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      const isOver = document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;
      if (key === 's') {
        event.preventDefault();
        if (!isOver && session.now.isChanged) open('review');
        return;
      }
      if (isOver || isText(event.target) || (key !== 'z' && key !== 'y')) return;
      event.preventDefault();
      if (key === 'y' || event.shiftKey) session.redo();
      else session.undo();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [session, open, isReadOnly]);
}

/** Whether it undoes by itself. */
function isText(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA)$/.test(target.tagName));
}
