/** Dialogs about the whole pipeline, which change what is saved at once: its name, whether it may run, its lock, its end. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { deletePipeline, pipelineConfigs, strategyConfigs } from '../../gate/configs';
import { ConfirmDialog, FormDialog } from '../../parts/Dialog';
import { Checkbox, TextField } from '../../parts/Field';
import { sentence } from '../../parts/sentence';
import { toast } from '../../parts/Toasts';
import { nameProblem } from './names';
import { amend } from './saving';
import type { Session } from './session';

/** What a dialog gets. */
interface Props {
  session: Session;
  onClose: () => void;
}

/** Another name. Runs of the old name stay the pipeline's. */
export function RenameDialog({ session, onClose }: Props) {
  const { base } = session.now;
  const [name, setName] = useState(base.name);
  const known = useQuery(base.strategy ? strategyConfigs(base.application) : pipelineConfigs(base.application));
  const taken = (known.data ?? []).filter(({ id }) => id !== base.id).map((one) => one.name);
  const wrong = nameProblem(name, taken);
  return (
    <FormDialog
      title={sentence`Rename ${base.name}`}
      action="Rename"
      isReady={wrong === undefined && name.trim() !== base.name}
      onClose={onClose}
      onSubmit={async () => {
        await amend(session, (pipeline) => ({ ...pipeline, name: name.trim() }));
        toast({ tone: 'good', text: sentence`It is called ${name.trim()} now.` });
      }}
    >
      <TextField label="Name" value={name} onChange={setName} error={name === base.name ? undefined : wrong} autoFocus isRequired />
    </FormDialog>
  );
}

/** Whether it may be started. */
export function DisableDialog({ session, onClose }: Props) {
  const { base } = session.now;
  const disabled = base.disabled !== true;
  return (
    <FormDialog
      title={sentence`${disabled ? 'Disable' : 'Enable'} ${base.name}`}
      action={disabled ? 'Disable' : 'Enable'}
      onClose={onClose}
      onSubmit={async () => {
        await amend(session, (pipeline) => ({ ...pipeline, disabled }));
        toast({ tone: 'good', text: sentence`${base.name} is ${disabled ? 'disabled' : 'enabled'}.` });
      }}
    >
      <p>{disabled ? 'No trigger starts it, and nobody can start it by hand, until it is enabled. What runs goes on.' : 'Its triggers start it again.'}</p>
    </FormDialog>
  );
}

/** A lock keeps the page from changing it; the API does not heed it. */
export function LockDialog({ session, onClose }: Props) {
  const { base } = session.now;
  const [description, setDescription] = useState('');
  const [allowUnlockUi, setAllow] = useState(true);
  return (
    <FormDialog
      title={sentence`Lock ${base.name}`}
      action="Lock"
      onClose={onClose}
      onSubmit={async () => {
        await amend(session, (pipeline) => ({ ...pipeline, locked: { ui: true, allowUnlockUi, ...(description.trim() === '' ? {} : { description: description.trim() }) } }));
        toast({ tone: 'good', text: sentence`${base.name} is locked.` });
      }}
    >
      <p>It cannot be changed in this page while it is locked. Who uses the API can change it still.</p>
      <TextField label="Why" value={description} onChange={setDescription} autoFocus />
      <Checkbox isSelected={allowUnlockUi} onChange={setAllow}>
        It can be unlocked in this page
      </Checkbox>
    </FormDialog>
  );
}

/** The lock is taken off. */
export function UnlockDialog({ session, onClose }: Props) {
  const { base } = session.now;
  return (
    <FormDialog
      title={sentence`Unlock ${base.name}`}
      action="Unlock"
      onClose={onClose}
      onSubmit={async () => {
        await amend(session, ({ locked: _locked, ...pipeline }) => pipeline as typeof base);
        toast({ tone: 'good', text: sentence`${base.name} is unlocked.` });
      }}
    >
      <p>Everybody who may write to the application can change it then.</p>
    </FormDialog>
  );
}

/** Its end. */
export function DeleteDialog({ session, onClose, onDeleted }: Props & { onDeleted: () => void }) {
  const { base } = session.now;
  return (
    <ConfirmDialog
      title={sentence`Delete ${base.name}`}
      action="Delete"
      onClose={onClose}
      onConfirm={async () => {
        await deletePipeline(base.application, base.name, base.strategy === true);
        toast({ tone: 'good', text: sentence`${base.name} is deleted.` });
        onDeleted();
      }}
    >
      <p>
        The {base.strategy ? 'strategy' : 'pipeline'} is deleted; its runs stay, and what runs goes on. Pipelines that start it will fail at that stage.
      </p>
    </ConfirmDialog>
  );
}
