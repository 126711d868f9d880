/** Short notes that something was done, or was not; they go by themselves, and are read out. */
import { Button, IconButton } from './Button';
import { Icon } from './Icon';
import { Long } from './Long';
import { store } from './store';
import styles from './Toasts.module.css';

/** A note. */
export interface Note {
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'info';
  /** A button on it. */
  readonly action?: { readonly label: string; readonly act: () => void };
}

const SHOWN_FOR = 6000;
const MOST = 4;
const notes = store<readonly (Note & { id: number })[]>([]);
let next = 1;

/** Shows a note. A bad one stays until it is closed. */
export function toast(note: Note): void {
  const id = next;
  next += 1;
  notes.set([...notes.get(), { ...note, id }].slice(-MOST));
  if (note.tone !== 'bad') setTimeout(() => close(id), SHOWN_FOR);
}

function close(id: number): void {
  notes.set(notes.get().filter((note) => note.id !== id));
}

/** The notes; stands once in the page. */
export function Toasts() {
  return (
    <div className={styles.region} role="region" aria-label="Notes" aria-live="polite">
      {notes.use().map((note) => (
        <div key={note.id} className={styles.toast} data-tone={note.tone}>
          <Icon name={note.tone === 'good' ? 'check' : note.tone === 'bad' ? 'warning' : 'info'} />
          <Long className={styles.text}>{note.text}</Long>
          {note.action && (
            <Button
              look="quiet"
              onPress={() => {
                note.action?.act();
                close(note.id);
              }}
            >
              {note.action.label}
            </Button>
          )}
          <IconButton label="Close" icon="cross" onPress={() => close(note.id)} />
        </div>
      ))}
    </div>
  );
}
