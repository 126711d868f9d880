/** A stage as JSON, beside its form. */
import { JsonField } from './JsonField';
import { type StageConfig, stageOf } from './model';

/** A stage as JSON; its place in the graph is not in it. */
export function StageJson({ stage, onChange }: { stage: StageConfig; onChange: (stage: StageConfig) => void }) {
  const { refId, requisiteStageRefIds, ...shown } = stage;
  return <JsonField key={refId} label="Stage as JSON" value={shown} onChange={(value) => onChange({ ...stageOf(value), refId, requisiteStageRefIds })} />;
}
