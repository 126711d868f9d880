/** The artifacts that a pipeline expects, each with the choice where it comes from. */
import { Select, TextField } from '../../parts/Field';
import { type ArtifactChoice, artifactWords, type Expected, type Source, sourcesOf } from './startArtifacts';
import styles from './RunDialog.module.css';

/** The fields. */
export function ArtifactFields({
  all,
  chosen,
  errorOf,
  onChange,
}: {
  all: readonly Expected[];
  chosen: Readonly<Record<string, ArtifactChoice>>;
  errorOf: (field: string) => string | undefined;
  onChange: (id: string, choice: ArtifactChoice) => void;
}) {
  if (all.length === 0) return null;
  return (
    <fieldset className={styles.set}>
      <legend>Artifacts</legend>
      {all.map((expected) => {
        const choice = chosen[expected.id];
        if (!choice) return null;
        const change = (part: Partial<ArtifactChoice>): void => onChange(expected.id, { ...choice, ...part });
        return (
          <div className={styles.artifact} key={expected.id} role="group" aria-label={expected.name}>
            <Select label={expected.name} options={sourcesOf(expected).map((value) => ({ value, label: labelOf(value, expected) }))} value={choice.source} onChange={(source) => change({ source })} />
            {choice.source === 'hand' && (
              <div className={styles.grid}>
                <TextField label="Name" value={choice.name} onChange={(name) => change({ name })} error={errorOf(`${expected.id}.name`)} />
                <TextField label="Version" value={choice.version} onChange={(version) => change({ version })} />
                <TextField label="Reference" value={choice.reference} onChange={(reference) => change({ reference })} />
              </div>
            )}
          </div>
        );
      })}
    </fieldset>
  );
}

function labelOf(source: Source, expected: Expected): string {
  switch (source) {
    case 'found':
      return 'As the pipeline finds it';
    case 'default':
      return `Its default: ${artifactWords(expected.default ?? {})}`;
    case 'prior':
      return `Of the run before: ${artifactWords(expected.prior ?? {})}`;
    case 'hand':
      return 'Typed here';
  }
}
