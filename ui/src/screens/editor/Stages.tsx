/** The stages: the graph and the list of them beside one another, and the one that is chosen under it. */
import { Button } from '../../parts/Button';
import { Empty } from '../../parts/States';
import { copyStage, moveStage, stage as find } from './model';
import type { Session } from './session';
import { type Line, StageGraph } from './StageGraph';
import { StageList } from './StageList';
import { StagePanel } from './StagePanel';
import type { Open } from './Workbench';
import styles from './Workbench.module.css';

/** The stages. */
export function Stages({ session, isReadOnly, line, onLine, onOpen }: { session: Session; isReadOnly: boolean; line: Line | undefined; onLine: (line: Line | undefined) => void; onOpen: (open: Open) => void }) {
  const { history, chosen } = session.use();
  const stage = find(history.now, chosen);
  if (history.now.stages.length === 0) {
    return (
      <Empty
        title="There is no stage yet"
        action={
          !isReadOnly && (
            <Button look="primary" icon="plus" onPress={() => onOpen('add')}>
              Add a stage
            </Button>
          )
        }
      >
        A stage is a step of the pipeline: deploy, wait, ask somebody. Press a to add one, ? for all keys.
      </Empty>
    );
  }
  return (
    <>
      <div className={styles.stages}>
        <div className={styles.listed}>
          {!isReadOnly && (
            <div className={styles.line}>
              <Button icon="plus" onPress={() => onOpen('add')} isDisabled={!stage}>
                Add after
              </Button>
              <Button icon="plus" onPress={() => onOpen('addFirst')}>
                Add first
              </Button>
            </div>
          )}
          <StageList session={session} />
        </div>
        <StageGraph session={session} isReadOnly={isReadOnly} line={line} onLine={onLine} />
      </div>
      {stage && (
        <StagePanel
          session={session}
          stage={stage}
          isReadOnly={isReadOnly}
          acts={{
            waits: () => onOpen('waits'),
            move: () => onOpen('move'),
            copy: () => session.make('Copy a stage', (pipeline) => copyStage(pipeline, stage.refId)),
            remove: () => session.remove(stage.refId),
            earlier: () => session.edit('Move a stage', (pipeline) => moveStage(pipeline, stage.refId, -1)),
            later: () => session.edit('Move a stage', (pipeline) => moveStage(pipeline, stage.refId, 1)),
          }}
        />
      )}
    </>
  );
}
