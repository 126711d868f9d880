/**
 * A run as it was at an earlier moment: gate puts it together from what was recorded. Upstream's gate knows no such thing
 * and answers with the run as it is, so that this is offered by ours only.
 */
import { useNavigate } from '@tanstack/react-router';

import { settings } from '../../gate/settings';
import type { Execution } from '../../gate/wire';
import { Button } from '../../parts/Button';
import { Moment } from '../../parts/Time';
import { duration } from '../../parts/time';
import styles from './TimeMachine.module.css';

/** The slider over a run that began at `from`; with `at` the run is shown as it was then. */
export function TimeMachine({ execution, at }: { execution: Execution; at: number | undefined }) {
  const navigate = useNavigate();
  const from = execution.buildTime ?? execution.startTime;
  if (settings.version === '' || !from) return null;
  const go = (moment: number | undefined): void => {
    void navigate({
      to: '/applications/$application/executions/details/$executionId',
      params: { application: execution.application, executionId: execution.id },
      search: (before) => ({ ...before, at: moment === undefined ? undefined : String(moment) }),
      replace: true,
      resetScroll: false,
    });
  };
  if (at === undefined) {
    const first = execution.stages.find((stage) => stage.endTime)?.endTime ?? from;
    return (
      <div className={styles.offer}>
        <Button look="quiet" icon="clock" onPress={() => go(first)}>
          Look at an earlier moment
        </Button>
      </div>
    );
  }
  return <Slider from={from} at={at} marks={marksOf(execution)} onGo={go} />;
}

function Slider({ from, at, marks, onGo }: { from: number; at: number; marks: readonly number[]; onGo: (moment: number | undefined) => void }) {
  const to = Math.max(at, ...marks, from + 1000);
  const before = marks.findLast((mark) => mark < at);
  const after = marks.find((mark) => mark > at);
  return (
    <div className={styles.machine} role="group" aria-label="An earlier moment">
      <Button look="quiet" icon="left" aria-label="The change before" isDisabled={before === undefined} onPress={() => onGo(before)}>
        {''}
      </Button>
      <input
        type="range"
        aria-label="Moment of the run"
        aria-valuetext={`${duration(at - from)} after its start`}
        min={from}
        max={to}
        step={Math.max(1, Math.round((to - from) / 500))}
        value={at}
        onChange={(event) => onGo(Number(event.target.value))}
      />
      <Button look="quiet" icon="right" aria-label="The next change" isDisabled={after === undefined} onPress={() => onGo(after)}>
        {''}
      </Button>
      <span className={styles.when}>
        As it was <strong>{duration(at - from)}</strong> after its start, <Moment at={at} />
      </span>
      <Button onPress={() => onGo(undefined)}>Back to now</Button>
    </div>
  );
}

/** Moments at which something changed, as far as this state knows. */
function marksOf(execution: Execution): number[] {
  const times = execution.stages.flatMap(({ startTime, endTime }) => [startTime, endTime]);
  return [...new Set([...times, execution.startTime, execution.endTime].filter((time) => typeof time === 'number'))].sort((one, other) => one - other);
}
