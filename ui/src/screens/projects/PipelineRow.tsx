/** A pipeline of a project with its newest runs, the newest one in words. */
import { Link } from '@tanstack/react-router';

import { awaitsJudgment, type Execution } from '../../gate/wire';
import { lookOfRun, RunBadge, StatusDot } from '../../parts/Status';
import { Name } from '../../parts/Text';
import { Ago, Duration } from '../../parts/Time';
import { briefMoment } from '../../parts/time';
import styles from './PipelineRow.module.css';
import type { PipelineRuns } from './model';

/** The row. */
export function PipelineRow({ pipeline }: { pipeline: PipelineRuns }) {
  const { application, name, runs, id } = pipeline;
  const [newest] = runs;
  return (
    <li className={styles.row}>
      <span className={styles.names}>
        <Name className="soft">{application}</Name>
        {name === undefined ? (
          <Link to="/applications/$application/executions" params={{ application }}>
            <Name>{`Pipeline ${id}`}</Name>
          </Link>
        ) : (
          <Link to="/applications/$application/executions" params={{ application }} search={{ pipeline: name.replaceAll(',', '%2C') }}>
            <Name>{name}</Name>
          </Link>
        )}
      </span>
      {newest ? (
        <>
          <Link className={styles.newest} to="/applications/$application/executions/details/$executionId" params={{ application: newest.application, executionId: newest.id }}>
            <RunBadge status={newest.status} awaitsJudgment={awaitsJudgment(newest)} />
            <span className="unseen"> is the newest run of {name ?? id}</span>
          </Link>
          <span className={styles.times}>
            <Ago at={newest.startTime ?? newest.buildTime} />, <Duration from={newest.startTime} to={newest.endTime} />
          </span>
          <span className={styles.runs}>
            {runs.toReversed().map((run) => {
              const { tone, word } = lookOfRun(run.status, awaitsJudgment(run));
              return (
                <Link key={run.id} to="/applications/$application/executions/details/$executionId" params={{ application: run.application, executionId: run.id }}>
                  <StatusDot tone={tone} label={`${word}, ${startOf(run)}`} />
                </Link>
              );
            })}
          </span>
        </>
      ) : (
        <span className="soft">It has not run.</span>
      )}
    </li>
  );
}

function startOf(run: Execution): string {
  const at = run.startTime ?? run.buildTime;
  return at ? briefMoment(at) : 'not started';
}
