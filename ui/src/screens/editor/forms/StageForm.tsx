/** The form of a stage, but for its name and its place, which the editor has: its own settings, when it runs, what its failure means, whom it tells. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import { preconfiguredStages, stageSchemas } from '../../../gate/capabilities';
import { GateError } from '../../../gate/errors';
import type { Fields } from '../../../gate/wire';
import { Select } from '../../../parts/Field';
import { Problem } from '../../../parts/States';
import type { Pipeline, StageConfig } from '../model';
import { FormFields, OtherFields } from './FormFields';
import styles from './forms.module.css';
import { Scoped } from './scope';
import { group, type Spec } from './spec';
import { describe, specsOfStage } from './stages/catalogue';
import { comments, EDITORS, execution, FAILURE_FLAGS, flagsOf, notifications, ON_FAILURE, type OnFailure, onFailureOf, produces } from './stages/common';

/** The form. A key of the stage that it does not know stays, and can be edited as JSON. */
export function StageForm({ stage, pipeline, onChange }: { stage: StageConfig; pipeline: Pipeline; onChange: (stage: StageConfig) => void }) {
  const schemas = useQuery(stageSchemas);
  const prepared = useQuery(preconfiguredStages).data?.find(({ type }) => type === stage.type);
  const schema = schemas.data?.[stage.type];
  const all = schemas.data?.['_stage'];
  const common = useMemo(() => new Set([...EDITORS, ...FAILURE_FLAGS, ...Object.keys(all?.properties ?? {}), 'comments', 'sendNotifications', 'notifications', 'expectedArtifacts']), [all]);
  const own = specsOfStage(stage, schema, prepared, common);
  const later: readonly Spec[] = [group('When it runs', execution, { folded: true })];
  const told: readonly Spec[] = [group('Notifications', notifications(stage.type), { folded: true }), ...produces(stage.type), ...comments];
  const change = (next: Fields): void => onChange(next as StageConfig);
  // Its number of lines is the stage's own: another stage's fields are other fields.
  return (
    <Scoped key={`${stage.refId} ${stage.type}`} pipeline={pipeline} stage={stage}>
      <div className={styles.form}>
        <p className="soft">{describe(stage.type, schema)}</p>
        {schemas.isError && <Missing error={schemas.error} />}
        {schemas.data && schema === undefined && !prepared && <Problem message={`This install has no stage type ${stage.type || 'without a name'}: it would not run.`} />}
        <FormFields specs={own} form={stage} onChange={change} />
        <OnFailureField stage={stage} onChange={onChange} />
        <FormFields specs={later} form={stage} onChange={change} />
        <FormFields specs={told} form={stage} onChange={change} />
        <OtherFields specs={[...own, ...later, ...told]} form={stage} onChange={change} what="the stage" names={[...EDITORS, ...FAILURE_FLAGS, 'stageEnabled']} always />
      </div>
    </Scoped>
  );
}

function OnFailureField({ stage, onChange }: { stage: StageConfig; onChange: (stage: StageConfig) => void }) {
  const options = Object.entries(ON_FAILURE).map(([value, label]) => ({ value: value as OnFailure, label }));
  return <Select label="If it fails" options={options} value={onFailureOf(stage)} onChange={(way) => onChange({ ...stage, ...flagsOf(way) })} />;
}

function Missing({ error }: { error: unknown }) {
  const isOlder = error instanceof GateError && error.kind === 'missing';
  return <Problem message={isOlder ? 'This gate does not say what stages read, so only some fields are offered; the rest is JSON below.' : 'What this stage reads is not known now; the rest is JSON below.'} />;
}
