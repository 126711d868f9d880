/** The question before a screen is left with something that was typed and not saved. */
import { Button } from '../../parts/Button';
import { Dialog } from '../../parts/Dialog';
import styles from './Section.module.css';

/** The dialog; Escape stays. */
export function LeaveDialog({ what, onStay, onLeave }: { what: string; onStay: () => void; onLeave: () => void }) {
  return (
    <Dialog title="Leave without saving?" onClose={onStay} hasEnd>
      <p>What you changed in “{what}” is lost if you leave.</p>
      <div className={styles.actions}>
        <Button onPress={onStay} autoFocus>
          Stay
        </Button>
        <Button look="danger" onPress={onLeave}>
          Leave
        </Button>
      </div>
    </Dialog>
  );
}
