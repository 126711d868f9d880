/** An execution at a glance: a bar a stage, in its colour. Each leads to its stage. */
import type { Execution } from '../../gate/wire';
import { sentence } from '../../parts/sentence';
import styles from './StageBars.module.css';
import { groupsOf, wordOfStage } from './stages';
import { hashOf } from './trigger';

const NAMED = 12;

/** The bars. */
export function StageBars({ execution, current }: { execution: Execution; current?: string | undefined }) {
  const groups = groupsOf(execution.stages);
  // A list has a thousand of these: they are the browser's own links, which cost next to nothing.
  const address = hashOf(execution);
  return (
    <ol className={styles.bars} aria-label="Stages">
      {groups.map(({ stage, index, tone }) => (
        <li key={stage.id} className={styles.bar} data-tone={tone} data-current={stage.id === current || undefined}>
          <a
            href={`${address}?stage=${index}`}
            title={sentence`${stage.name}: ${wordOfStage(stage)}`}
            aria-label={`${stage.name}: ${wordOfStage(stage)}`}
            dir="auto"
          >
            {groups.length <= NAMED && stage.name}
          </a>
        </li>
      ))}
    </ol>
  );
}
