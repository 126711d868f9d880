/** What stands over a screen: a dialog with a form, and the question before something that cannot be undone. */
import { type FormEvent, type ReactNode, useState } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

import { Button, IconButton } from './Button';
import { cx } from './cx';
import styles from './Dialog.module.css';
import { TextField } from './Field';
import { Refusal } from './States';

/** A dialog; Escape, a press beside it and its cross close it. */
export function Dialog({
  title,
  onClose,
  children,
  wide = false,
  hasEnd = false,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
  /** Whether a button of its content closes it, so that it needs no cross. */
  hasEnd?: boolean;
}) {
  return (
    <ModalOverlay className={styles.overlay ?? ''} isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className={cx(styles.modal, wide && styles.wide)}>
        <AriaDialog className={styles.dialog ?? ''}>
          <div className={styles.head}>
            <Heading slot="title" className={styles.title ?? ''}>
              <bdi>{title}</bdi>
            </Heading>
            {!hasEnd && <IconButton label="Close" icon="cross" onPress={onClose} />}
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/**
 * A form in a dialog. `onSubmit` may take its time: meanwhile nothing can be sent twice. When it fails, the reason stands
 * in the dialog, and all that was typed stays.
 */
export function FormDialog({
  title,
  action,
  cancel = 'Cancel',
  look = 'primary',
  onSubmit,
  onClose,
  children,
  isReady = true,
  wide = false,
}: {
  title: string;
  /** The word on the button. */
  action: string;
  /** The word on the other one: where something is cancelled, another than that. */
  cancel?: string;
  look?: 'primary' | 'danger';
  onSubmit: () => Promise<void>;
  onClose: () => void;
  children: ReactNode;
  /** Whether it can be sent. */
  isReady?: boolean;
  wide?: boolean;
}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy || !isReady) return;
    setBusy(true);
    setError(undefined);
    try {
      await onSubmit();
      onClose();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose} wide={wide} hasEnd>
      <form className={styles.form} onSubmit={(event) => void send(event)} noValidate>
        <div className={styles.body}>
          {children}
          {error !== undefined && (
            <Refusal error={error} />
          )}
        </div>
        <div className={styles.actions}>
          <Button onPress={onClose}>{cancel}</Button>
          <Button type="submit" look={look} isDisabled={!isReady}>
            {busy ? 'Working …' : action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Asks before something that cannot be undone; with `typed` the user has to type that word. */
export function ConfirmDialog({
  title,
  children,
  action,
  cancel,
  typed,
  onConfirm,
  onClose,
}: {
  title: string;
  /** What will happen. */
  children: ReactNode;
  action: string;
  cancel?: string;
  typed?: string;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}) {
  const [word, setWord] = useState('');
  return (
    <FormDialog title={title} action={action} {...(cancel === undefined ? {} : { cancel })} look="danger" onSubmit={onConfirm} onClose={onClose} isReady={typed === undefined || word === typed}>
      <div className={styles.text}>{children}</div>
      {typed !== undefined && <TextField label={`Type ${typed} to go on`} value={word} onChange={setWord} autoFocus />}
    </FormDialog>
  );
}
