/** A stage as JSON; its id and what it waits for are not in it. */
import { JsonField } from './JsonField';
import { type StageConfig, stageOf } from './model';

/** The field. */
export function StageJson({ stage, onChange }: { stage: StageConfig; onChange: (stage: StageConfig) => void }) {
  const { refId, requisiteStageRefIds, ...shown } = stage;
  return <JsonField key={refId} label="Stage as JSON" value={shown} onChange={(value) => onChange({ ...stageOf(value), refId, requisiteStageRefIds })} />;
}
