/** The stage that is chosen: its name, what it waits for, its form or its JSON. */
import { useState } from 'react';

import { Button, IconButton } from '../../parts/Button';
import { TextField } from '../../parts/Field';
import { isolated } from '../../parts/sentence';
import { Name } from '../../parts/Text';
import { StageForm } from './forms';
import { labelOf, renameStage, replaceStage, stage as find, type StageConfig } from './model';
import type { Session } from './session';
import { StageJson } from './StageJson';
import styles from './Workbench.module.css';

/** What can be done to a stage, by the dialogs and keys of the workbench. */
export interface StageActs {
  readonly waits: () => void;
  readonly move: () => void;
  readonly copy: () => void;
  readonly remove: () => void;
  readonly earlier: () => void;
  readonly later: () => void;
}

/** The panel. */
export function StagePanel({ session, stage, isReadOnly, acts }: { session: Session; stage: StageConfig; isReadOnly: boolean; acts: StageActs }) {
  const { history } = session.use();
  const [asJson, setAsJson] = useState(false);
  const label = labelOf(stage);
  const waits = stage.requisiteStageRefIds.map((ref) => labelOf(find(history.now, ref) ?? { name: '', type: '', refId: ref }));
  const onChange = (changed: StageConfig): void => void session.type(`Change ${label}`, (pipeline) => replaceStage(pipeline, { ...changed, refId: stage.refId }));
  return (
    <section className={styles.panel} aria-label={`Stage ${label}`}>
      <header className={styles.panelHead}>
        <h2>
          <Name>{label}</Name>
        </h2>
        <bdi className={styles.type}>{stage.type}</bdi>
        <span className={styles.waits}>
          {waits.length === 0 ? 'starts at once' : 'after '}
          <bdi>{waits.map(isolated).join(', ')}</bdi>
        </span>
        {!isReadOnly && (
          <div className={styles.tools}>
            <Button onPress={acts.waits}>Waits for …</Button>
            <Button onPress={acts.move}>Move …</Button>
            <IconButton label="Earlier in the list" icon="up" onPress={acts.earlier} />
            <IconButton label="Later in the list" icon="down" onPress={acts.later} />
            <IconButton label="Copy the stage" icon="copy" onPress={acts.copy} />
            <IconButton label="Delete the stage" icon="trash" onPress={acts.remove} />
            <Button look="quiet" onPress={() => setAsJson(!asJson)}>
              {asJson ? 'Edit as a form' : 'Edit as JSON'}
            </Button>
          </div>
        )}
      </header>
      <fieldset className={styles.fields} disabled={isReadOnly}>
        <legend className="unseen">Settings of the stage</legend>
        <div className={styles.stageName} data-stage-name="">
          <TextField
            label="Name of the stage"
            value={stage.name}
            isDisabled={isReadOnly}
            onChange={(name) => session.type(`Rename ${stage.refId}`, (pipeline) => renameStage(pipeline, stage.refId, name))}
          />
        </div>
        {asJson || isReadOnly ? <StageJson stage={stage} onChange={onChange} /> : <StageForm key={stage.refId} stage={stage} pipeline={history.now} onChange={onChange} />}
      </fieldset>
    </section>
  );
}

/** Puts the keyboard into the field of the stage's name. */
export function focusStageName(): void {
  const field = document.querySelector<HTMLInputElement>('[data-stage-name] input');
  field?.focus();
  field?.select();
}
