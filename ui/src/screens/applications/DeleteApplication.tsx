/** The question before an application is deleted. */
import { deleteApplication, forgetApplication } from '../../gate/applications';
import { ConfirmDialog } from '../../parts/Dialog';
import { toast } from '../../parts/Toasts';
import { forget } from './personal';

/** The dialog; `onGone` leaves the application's screens before it is forgotten. */
export function DeleteApplication({ name, onClose, onGone }: { name: string; onClose: () => void; onGone: () => Promise<void> }) {
  return (
    <ConfirmDialog
      title={`Delete ${name}`}
      action="Delete"
      typed={name}
      onClose={onClose}
      onConfirm={async () => {
        await deleteApplication(name);
        forget(name);
        toast({ tone: 'good', text: `${name} is deleted.` });
        await onGone();
        forgetApplication(name);
      }}
    >
      <p>The application is deleted with its pipelines and their history. This cannot be undone.</p>
      <p className="soft">What runs in the clouds stays there. An application that still has clusters is not deleted.</p>
    </ConfirmDialog>
  );
}
