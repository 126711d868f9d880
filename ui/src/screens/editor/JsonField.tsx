/** An object as JSON that can be changed: what is wrong is said with its line, and nothing is taken until it is right. */
import { useState } from 'react';

import { messageOf } from '../../gate/errors';
import type { Fields } from '../../gate/wire';
import { Button } from '../../parts/Button';
import { store } from '../../parts/store';
import { same } from './changes';
import { CodeField } from './Code';
import { readValue, type Wrong, writtenValue } from './text';
import { Wrongs } from './Wrongs';

/** A text with the value that it stands for; with something wrong it stands for none. */
interface Typed {
  readonly text: string;
  readonly of: Fields;
  readonly wrong: readonly Wrong[];
}

/** The field. `onChange` may throw to say that an object will not do. */
export function JsonField({ label, value, onChange }: { label: string; value: Fields; onChange: (value: Fields) => void }) {
  // A store, since it has to change in the same moment as what `onChange` changes.
  const [typed] = useState(() => store<Typed>({ text: writtenValue(value, 'json'), of: value, wrong: [] }));
  const { text, of, wrong } = typed.use();
  const [at, setAt] = useState<{ line: number; column: number }>();
  const take = (text: string): void => {
    const read = readValue(text, 'json');
    const { of } = typed.get();
    if ('wrong' in read) {
      typed.set({ text, of, wrong: read.wrong });
      return;
    }
    try {
      if (read.value === null || typeof read.value !== 'object' || Array.isArray(read.value)) throw new Error('It has to be an object.');
      typed.set({ text, of: read.value as Fields, wrong: [] });
      if (!same(read.value, value)) onChange(read.value as Fields);
    } catch (error) {
      typed.set({ text, of, wrong: [{ message: messageOf(error) }] });
    }
  };
  // Another value than the one that was typed is an undo's, or another form's.
  const isOwn = wrong.length > 0 || same(of, value);
  return (
    <>
      <CodeField label={label} language="json" value={isOwn ? text : writtenValue(value, 'json')} onChange={take} at={at} />
      <Wrongs wrong={wrong} onGo={setAt} />
      {wrong.length > 0 && (
        <div>
          <Button onPress={() => typed.set({ text: writtenValue(value, 'json'), of: value, wrong: [] })}>Drop this text</Button>
        </div>
      )}
    </>
  );
}
