/** What can be done to an execution, with the questions before it: the same in the list and in the details. */
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { messageOf } from '../../gate/errors';
import { cancelExecution, deleteExecution, pauseExecution, resumeExecution } from '../../gate/executions';
import { address, path } from '../../gate/http';
import type { Execution } from '../../gate/wire';
import { ConfirmDialog, FormDialog } from '../../parts/Dialog';
import { Checkbox, TextField } from '../../parts/Field';
import type { Action } from '../../parts/Menu';
import { isolated, sentence } from '../../parts/sentence';
import { toast } from '../../parts/Toasts';
import { isOver } from './stages';
import { hashOf } from './trigger';

/** What can be done now, and the dialog that is open. */
export interface Steering {
  readonly actions: readonly Action[];
  readonly dialog: ReactNode;
}

/** Steers an execution. `onRepeat` opens the start of the same pipeline with the same parameters, where it still exists. */
export function useSteering(execution: Execution, onRepeat?: () => void): Steering {
  const [open, setOpen] = useState<'cancel' | 'delete'>();
  const navigate = useNavigate();
  const { id, application } = execution;
  const name = execution.name ?? id;
  const attempt = (act: Promise<void>): void => void act.catch((error: unknown) => toast({ tone: 'bad', text: messageOf(error) }));
  const over = isOver(execution.status);
  const actions: Action[] = [];
  if (!over && execution.status === 'PAUSED') actions.push({ label: 'Resume', icon: 'play', act: () => attempt(resumeExecution(id)) });
  if (execution.status === 'RUNNING') actions.push({ label: 'Pause', icon: 'pause', act: () => attempt(pauseExecution(id)) });
  if (!over) actions.push({ label: 'Cancel …', icon: 'stop', danger: true, act: () => setOpen('cancel') });
  if (onRepeat) actions.push({ label: 'Start again as this run …', icon: 'restart', act: onRepeat });
  if (execution.pipelineConfigId) {
    const params = { application, executionId: id };
    const compare = (): void => void navigate({ to: '/applications/$application/executions/details/$executionId', params, search: (before: object) => ({ ...before, with: 'choose' }) });
    actions.push({ label: 'Compare with another run', icon: 'list', act: compare });
  }
  actions.push(
    { label: 'Copy the link', icon: 'link', act: () => attempt(copy(linkTo(execution))) },
    { label: 'Open as JSON', icon: 'diagram', act: () => window.open(address(path('pipelines', id)), '_blank', 'noopener') },
  );
  if (over) actions.push({ label: 'Delete …', icon: 'trash', danger: true, act: () => setOpen('delete') });
  const dialog = (
    <>
      {open === 'cancel' && <CancelDialog execution={execution} onClose={() => setOpen(undefined)} />}
      {open === 'delete' && (
        <ConfirmDialog
          title={sentence`Delete this run of ${name}`}
          action="Delete"
          onClose={() => setOpen(undefined)}
          onConfirm={async () => {
            await deleteExecution(id);
            toast({ tone: 'good', text: 'The run is deleted.' });
            await navigate({ to: '/applications/$application/executions', params: { application } });
          }}
        >
          <p>The run and what it did is forgotten. What it changed stays as it is.</p>
        </ConfirmDialog>
      )}
    </>
  );
  return { actions, dialog };
}

function CancelDialog({ execution, onClose }: { execution: Execution; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const [force, setForce] = useState(false);
  const running = execution.stages.filter((stage) => stage.status === 'RUNNING' && !stage.parentStageId);
  return (
    <FormDialog
      title={sentence`Cancel ${execution.name ?? execution.id}`}
      action="Cancel the run"
      cancel="Let it run"
      look="danger"
      onClose={onClose}
      onSubmit={async () => {
        await cancelExecution(execution.id, reason, force);
        toast({ tone: 'info', text: 'The run is being cancelled.' });
      }}
    >
      <p>
        {running.length === 0
          ? 'Nothing of it runs now; what has not started will not.'
          : `It stops ${running.map((stage) => isolated(stage.name)).join(', ')}, and what has not started will not.`}{' '}
        What it has begun is undone where a stage can.
      </p>
      <TextField label="Reason" value={reason} onChange={setReason} rows={2} autoFocus description="Others see it with the run." />
      <Checkbox isSelected={force} onChange={setForce}>
        End it at once and undo nothing
      </Checkbox>
    </FormDialog>
  );
}

/** The address of an execution's details, for others. */
export function linkTo(execution: Execution): string {
  const here = window.location.href.split('#')[0] ?? '';
  return here + hashOf(execution);
}

async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  toast({ tone: 'good', text: 'The link is copied.' });
}
