/** The pipeline as JSON or YAML. What is typed is applied as soon as it is a pipeline; until then it is kept as it is. */
import { useState } from 'react';

import { Button } from '../../parts/Button';
import { store } from '../../parts/store';
import { isUnchanged } from './changes';
import { CodeField } from './Code';
import type { Pipeline } from './model';
import type { Session } from './session';
import { type Language, read, type Wrong, written } from './text';
import styles from './Workbench.module.css';
import { Wrongs } from './Wrongs';

/** The text. */
export function TextView({ session, language, isReadOnly }: { session: Session; language: Language; isReadOnly: boolean }) {
  const { history, unread } = session.use();
  const pipeline = history.now;
  // A store, since it has to change in the same moment as the session.
  const [typed] = useState(() => store<{ text: string; of: Pipeline }>({ text: written(pipeline, language), of: pipeline }));
  const { text, of } = typed.use();
  const [at, setAt] = useState<{ line: number; column: number }>();
  const own = unread?.language === language ? unread.text : undefined;
  const found = own === undefined ? undefined : read(own, language, pipeline);
  const wrong: readonly Wrong[] = found && 'wrong' in found ? found.wrong : [];
  const take = (text: string): void => {
    const now = read(text, language, session.pipeline);
    if ('wrong' in now) {
      session.leaveUnread({ language, text });
      return;
    }
    const isSame = isUnchanged(now.pipeline, session.pipeline);
    typed.set({ text, of: isSame ? session.pipeline : now.pipeline });
    session.leaveUnread(undefined);
    if (!isSame) session.type(`Edit as ${language.toUpperCase()}`, () => now.pipeline);
  };
  // What was changed elsewhere, by an undo for example, is written anew.
  const shown = own ?? (of === pipeline ? text : written(pipeline, language));
  return (
    <div className={styles.stack}>
      {unread && unread.language !== language && <p className="soft">There is a text in {unread.language.toUpperCase()} that is not applied yet.</p>}
      <CodeField label={`The pipeline as ${language.toUpperCase()}`} language={language} value={shown} onChange={take} isReadOnly={isReadOnly} at={at} />
      <Wrongs wrong={wrong} onGo={setAt} />
      {own !== undefined && (
        <div>
          <Button onPress={() => session.leaveUnread(undefined)}>Drop this text</Button>
        </div>
      )}
    </div>
  );
}
