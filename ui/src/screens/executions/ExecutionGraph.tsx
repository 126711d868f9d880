/** The stages of an execution as a graph; each is a button that shows its details. */
import { useMemo } from 'react';

import { layout } from '../../parts/graph';
import { useInSight } from '../../parts/inSight';
import { Duration } from '../../parts/Time';
import styles from './ExecutionGraph.module.css';
import { type StageGroup, wordOfStage } from './stages';

const WIDTH = 200;
const HEIGHT = 52;
const GAP_X = 44;
const GAP_Y = 14;

/** The graph. */
export function ExecutionGraph({ groups, current, onChoose }: { groups: readonly StageGroup[]; current: string | undefined; onChoose: (group: StageGroup) => void }) {
  const shape = groups.map(({ stage }) => `${stage.refId}<${(stage.requisiteStageRefIds ?? []).join()}`).join(';');
  const drawn = useMemo(
    () => layout(groups.map(({ stage }) => ({ refId: stage.refId ?? stage.id, requisites: stage.requisiteStageRefIds ?? [] }))),
    // Only where a stage stands is decided here, and that is what the shape says.
    // oxlint-disable-next-line react/exhaustive-deps
    [shape],
  );
  const frame = useInSight<HTMLDivElement>(current ?? '', '[aria-pressed="true"]');
  const left = (refId: string): number => (drawn.places.get(refId)?.column ?? 0) * (WIDTH + GAP_X);
  const top = (refId: string): number => (drawn.places.get(refId)?.row ?? 0) * (HEIGHT + GAP_Y);
  const width = drawn.columns * (WIDTH + GAP_X) - GAP_X;
  const height = drawn.rows * (HEIGHT + GAP_Y) - GAP_Y;
  const lines = groups.flatMap(({ stage }) =>
    (stage.requisiteStageRefIds ?? [])
      .filter((ref) => drawn.places.has(ref))
      .map((ref) => {
        const [x1, y1] = [left(ref) + WIDTH, top(ref) + HEIGHT / 2];
        const [x2, y2] = [left(stage.refId ?? stage.id), top(stage.refId ?? stage.id) + HEIGHT / 2];
        const middle = x2 - GAP_X / 2;
        return { key: `${ref}-${stage.refId}`, started: stage.status !== 'NOT_STARTED', d: `M${x1} ${y1}H${middle - 14}C${middle} ${y1} ${middle} ${y2} ${middle + 14} ${y2}H${x2}` };
      }),
  );
  return (
    <div ref={frame} className={styles.frame} role="group" aria-label="Stages as a graph">
      <div className={styles.graph} style={{ width, height }}>
        <svg className={styles.lines} width={width} height={height} aria-hidden="true">
          {lines.map(({ key, d, started }) => (
            <path key={key} d={d} data-started={started || undefined} />
          ))}
        </svg>
        {groups.map((group) => {
          const { stage, tone } = group;
          const place = stage.refId ?? stage.id;
          return (
            <button
              key={stage.id}
              type="button"
              className={styles.stage}
              data-tone={tone}
              aria-pressed={stage.id === current}
              style={{ left: left(place), top: top(place), width: WIDTH, height: HEIGHT }}
              title={stage.name}
              onClick={() => onChoose(group)}
            >
              <bdi className={styles.name}>{stage.name}</bdi>
              <span className={styles.how}>
                {wordOfStage(stage)}
                {stage.startTime && (
                  <>
                    {' · '}
                    <Duration from={stage.startTime} to={stage.endTime} />
                  </>
                )}
              </span>
            </button>
          );
        })}
      </div>
    </div>
  );
}
