/** Dialogs about one stage: what it is, what it waits for, behind which other it goes. */
import { useState } from 'react';

import { Dialog, FormDialog } from '../../parts/Dialog';
import { Checkbox, SearchField, Select } from '../../parts/Field';
import { sentence } from '../../parts/sentence';
import { StageTypePicker } from './forms';
import { addStage, ancestors, inOrder, labelOf, moveAfter, replaceStage, type StageConfig } from './model';
import type { Session } from './session';
import styles from './Workbench.module.css';

const FEW = 12;

/** The choice of a new stage; it waits for `after`, or for nothing. */
export function AddDialog({ session, after, onClose }: { session: Session; after: StageConfig | undefined; onClose: () => void }) {
  return (
    <Dialog title={after ? sentence`Add a stage after ${labelOf(after)}` : 'Add a stage'} onClose={onClose} wide>
      <StageTypePicker
        onPick={(picked) => {
          session.make('Add a stage', (pipeline) => addStage(pipeline, picked, after?.refId));
          onClose();
        }}
      />
    </Dialog>
  );
}

/** What a stage waits for; those that wait for it are not offered. */
export function WaitsDialog({ session, stage, onClose }: { session: Session; stage: StageConfig; onClose: () => void }) {
  const { pipeline } = session;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(stage.requisiteStageRefIds));
  const [typed, setTyped] = useState('');
  const offered = inOrder(pipeline).filter(({ refId }) => refId !== stage.refId && !ancestors(pipeline, refId).has(stage.refId));
  const shown = offered.filter((one) => labelOf(one).toLowerCase().includes(typed.trim().toLowerCase()));
  return (
    <FormDialog
      title={sentence`What ${labelOf(stage)} waits for`}
      action="Set"
      onClose={onClose}
      onSubmit={() => {
        const refs = offered.map(({ refId }) => refId).filter((refId) => chosen.has(refId));
        session.edit('Connect stages', (now) => replaceStage(now, { ...stage, requisiteStageRefIds: refs }));
        return Promise.resolve();
      }}
    >
      {offered.length > FEW && <SearchField label="Search stages" value={typed} onChange={setTyped} autoFocus />}
      {offered.length === 0 && <p className="soft">There is no stage that it could wait for: it starts at once.</p>}
      <fieldset className={styles.choices}>
        <legend className="unseen">Stages</legend>
        {shown.map((one) => (
          <Checkbox
            key={one.refId}
            isSelected={chosen.has(one.refId)}
            onChange={(on) => setChosen(new Set(on ? [...chosen, one.refId] : [...chosen].filter((ref) => ref !== one.refId)))}
          >
            <bdi>{labelOf(one)}</bdi>
          </Checkbox>
        ))}
      </fieldset>
    </FormDialog>
  );
}

/** Behind which stage it goes. */
export function MoveDialog({ session, stage, onClose }: { session: Session; stage: StageConfig; onClose: () => void }) {
  const [after, setAfter] = useState<string>();
  const options = inOrder(session.pipeline).filter(({ refId }) => refId !== stage.refId);
  return (
    <FormDialog
      title={sentence`Move ${labelOf(stage)}`}
      action="Move"
      isReady={after !== undefined}
      onClose={onClose}
      onSubmit={() => {
        session.edit('Move a stage', (pipeline) => moveAfter(pipeline, stage.refId, after === '' ? undefined : after));
        return Promise.resolve();
      }}
    >
      <Select
        label="After"
        value={after}
        onChange={setAfter}
        options={[{ value: '', label: 'Nothing: it starts at once' }, ...options.map((one) => ({ value: one.refId, label: labelOf(one) }))]}
        description="What waits for it now waits for what it waits for now."
      />
    </FormDialog>
  );
}
