/** A run beside another one of the same pipeline: parameters, stages and times; what differs stands out. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { execution as executionQuery, executionsOf } from '../../gate/executions';
import type { Execution, Stage } from '../../gate/wire';
import { Button } from '../../parts/Button';
import { Select } from '../../parts/Field';
import { Answer } from '../../parts/States';
import { StatusBadge, wordOf } from '../../parts/Status';
import { Name } from '../../parts/Text';
import { briefMoment, duration } from '../../parts/time';
import { parameterPairs, stagePairs, tookOf } from './compare';
import styles from './Comparison.module.css';
import { bornOf } from './filters';
import { causeOf } from './trigger';

const OFFERED = 20;

/** The comparison; `other` is the run that it is compared with, chosen among the newest of the pipeline. */
export function Comparison({ execution, other, onChoose }: { execution: Execution; other: string; onChoose: (other: string | undefined) => void }) {
  const runs = useQuery(executionsOf(execution.pipelineConfigId ?? '', OFFERED));
  const query = useQuery({ ...executionQuery(other), enabled: other !== '' && other !== 'choose' });
  const options = (runs.data ?? [])
    .filter(({ id }) => id !== execution.id)
    .toSorted((one, two) => bornOf(two) - bornOf(one))
    .map((run) => ({ value: run.id, label: `${briefMoment(bornOf(run))}, ${wordOf(run.status)}, ${causeOf(run)}` }));
  return (
    <section className={styles.comparison} aria-label="Comparison">
      <header className={styles.head}>
        <h2>Compared with</h2>
        <div className={styles.choice}>
          <Select
            label="The other run"
            unlabelled
            isDisabled={options.length === 0}
            options={options}
            value={options.some(({ value }) => value === other) ? other : undefined}
            onChange={onChoose}
            placeholder={options.length === 0 ? 'There is no other run' : 'Choose a run of this pipeline'}
          />
        </div>
        <Button look="quiet" icon="cross" onPress={() => onChoose(undefined)}>
          Close
        </Button>
      </header>
      {query.isEnabled && (
        <Answer query={query} what="other run">
          {(found) => <Tables left={execution} right={found} />}
        </Answer>
      )}
    </section>
  );
}

function Tables({ left, right }: { left: Execution; right: Execution }) {
  const parameters = parameterPairs(left, right);
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">
            <span className="unseen">What</span>
          </th>
          <th scope="col">This run, {briefMoment(bornOf(left))}</th>
          <th scope="col">
            <Link to="/applications/$application/executions/details/$executionId" params={{ application: right.application, executionId: right.id }}>
              The other, {briefMoment(bornOf(right))}
            </Link>
          </th>
        </tr>
      </thead>
      <tbody>
        {parameters.map(({ name, left: one, right: two, differs }) => (
          <tr key={`parameter ${name}`} data-differs={differs || undefined}>
            <th scope="row">
              <Name>{name}</Name>
            </th>
            <td>
              <code>{one}</code>
            </td>
            <td>
              <code>{two}</code>
            </td>
          </tr>
        ))}
        {stagePairs(left, right).map(({ name, left: one, right: two, differs }, index) => (
          <tr key={`stage ${index}`} data-differs={differs || undefined}>
            <th scope="row">
              <Name>{name}</Name>
            </th>
            <td>
              <How stage={one} />
            </td>
            <td>
              <How stage={two} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function How({ stage }: { stage: Stage | undefined }) {
  if (!stage) return <span className="soft">not there</span>;
  const took = tookOf(stage);
  return (
    <span className={styles.how}>
      <StatusBadge status={stage.status} />
      {took !== undefined && <span className="soft number">{duration(took)}</span>}
    </span>
  );
}
