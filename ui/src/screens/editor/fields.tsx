/** The forms of a stage and of the rest of a pipeline, until there are any: everything as JSON. */
import { useState } from 'react';

import { Button } from '../../parts/Button';
import { TextField } from '../../parts/Field';
import { JsonField } from './JsonField';
import { type Pipeline, type StageConfig, stageOf } from './model';
import styles from './Workbench.module.css';

/** A stage's own settings. */
export function StageForm({ stage, onChange }: { stage: StageConfig; pipeline: Pipeline; onChange: (stage: StageConfig) => void }) {
  return <StageJson stage={stage} onChange={onChange} />;
}

/** A stage as JSON; its place in the graph is not in it. */
export function StageJson({ stage, onChange }: { stage: StageConfig; onChange: (stage: StageConfig) => void }) {
  const { refId, requisiteStageRefIds, ...shown } = stage;
  return <JsonField key={refId} label="Stage as JSON" value={shown} onChange={(value) => onChange({ ...stageOf(value), refId, requisiteStageRefIds })} />;
}

/** The choice of what a new stage is. */
export function StageTypePicker({ onPick }: { onPick: (stage: Partial<StageConfig>) => void }) {
  const [type, setType] = useState('');
  return (
    <form
      className={styles.line}
      onSubmit={(event) => {
        event.preventDefault();
        if (type.trim() !== '') onPick({ type: type.trim() });
      }}
    >
      <TextField label="Type" value={type} onChange={setType} autoFocus description="As orca calls it: wait, manualJudgment, deploy." />
      <Button type="submit" look="primary" isDisabled={type.trim() === ''}>
        Add
      </Button>
    </form>
  );
}

/** The parts of a pipeline beside its stages. */
export type Section = 'triggers' | 'parameters' | 'notifications' | 'artifacts' | 'settings';

/** One of these parts. */
export function PipelineForm({ section, pipeline, onChange }: { section: Section; pipeline: Pipeline; onChange: (pipeline: Pipeline) => void }) {
  const name = { triggers: 'triggers', parameters: 'parameterConfig', notifications: 'notifications', artifacts: 'expectedArtifacts', settings: 'settings' }[section];
  if (name === 'settings') {
    return <TextField label="Description" rows={4} value={pipeline.description ?? ''} onChange={(description) => onChange({ ...pipeline, description })} />;
  }
  return <JsonField key={name} label={`${name} as JSON`} value={{ [name]: pipeline[name] }} onChange={(value) => onChange({ ...pipeline, [name]: value[name] })} />;
}
