/** A run of a pipeline on one line: how it is, who started it with what, its stages, how long it took. */
import { memo } from 'react';

import { awaitsJudgment, type Execution } from '../../gate/wire';
import { Menu } from '../../parts/Menu';
import { RunBadge } from '../../parts/Status';
import { Ago, Duration } from '../../parts/Time';
import styles from './ExecutionRow.module.css';
import { bornOf } from './filters';
import { StageBars } from './StageBars';
import { causeOf, hashOf, parametersOf } from './trigger';
import { useSteering } from './useSteering';

/** The row. `onRepeat` starts the pipeline again as this run was started. */
export const ExecutionRow = memo(function ExecutionRow({ execution, onRepeat }: { execution: Execution; onRepeat?: ((execution: Execution) => void) | undefined }) {
  const steering = useSteering(execution, onRepeat && (() => onRepeat(execution)));
  const parameters = parametersOf(execution.trigger).map(({ name, value }) => `${name}=${value}`).join('  ');
  return (
    <li className={styles.row} data-execution={execution.id}>
      <a className={styles.status} href={hashOf(execution)}>
        <RunBadge status={execution.status} awaitsJudgment={awaitsJudgment(execution)} />
      </a>
      <div className={styles.cause}>
        <span>
          <Ago at={bornOf(execution)} /> · <bdi>{causeOf(execution)}</bdi>
        </span>
        {parameters !== '' && (
          <bdi className={styles.parameters} title={parameters}>
            {parameters}
          </bdi>
        )}
      </div>
      <div className={styles.bars}>
        <StageBars execution={execution} />
      </div>
      <span className={styles.duration}>
        <Duration from={execution.startTime} to={execution.endTime} />
      </span>
      <Menu label={`What can be done to the run ${execution.id}`} actions={steering.actions} />
      {steering.dialog}
    </li>
  );
});
