/** What a change would do, as its cloud and orca say, before it is confirmed. */
import { useQuery } from '@tanstack/react-query';

import { messageOf } from '../../gate/errors';
import { planOfJobs, planOfOperations } from '../../gate/plans';
import { Icon } from '../../parts/Icon';
import { Long } from '../../parts/Long';
import type { Change } from './change';
import { changesOf, remarksOf, stagesOf } from './plan';
import styles from './PlanView.module.css';

/** The plan of a change, anew whenever the change is another one. */
export function PlanView({ application, change }: { application: string; change: Change }) {
  const key = JSON.stringify([change.operations, change.jobs]);
  const { data, error, isFetching } = useQuery({
    queryKey: ['plan', application, key],
    queryFn: async ({ signal }) => {
      const [operations, pipeline] = await Promise.all([
        planOfOperations(change.operations.provider, change.operations.all, signal),
        planOfJobs(application, change.jobs, signal),
      ]);
      return { operations: operations ?? [], pipeline };
    },
    placeholderData: (before) => before,
    staleTime: 0,
    gcTime: 0,
  });
  if (error) return <p className={styles.none}>The plan cannot be made: {messageOf(error)}</p>;
  if (!data) return <p className={styles.none}>Asking what it would do …</p>;
  const changes = changesOf(data.operations);
  const remarks = remarksOf(data.pipeline ? [...data.operations, data.pipeline] : data.operations);
  const stages = data.pipeline ? stagesOf(data.pipeline) : [];
  if (changes.length === 0 && remarks.length === 0 && stages.length === 0) return null;
  return (
    <section className={styles.plan} aria-label="Plan" aria-busy={isFetching}>
      <h3>Plan</h3>
      {changes.length > 0 && (
        <ol className={styles.changes}>
          {changes.map(({ what, how }, index) => (
            <li key={index}>
              <bdi className={styles.what}>{what}</bdi>
              {how.length > 0 && <bdi className={styles.how}>{how.join('; ')}</bdi>}
            </li>
          ))}
        </ol>
      )}
      {remarks.map(({ severity, message }) => (
        <div key={message} className={styles.remark} data-severity={severity}>
          <Icon name={severity === 'NOTE' ? 'info' : 'warning'} />
          <Long as="p" className={styles.said}>
            {message}
          </Long>
        </div>
      ))}
      {stages.length > 0 && (
        <details className={styles.steps} open={changes.length === 0}>
          <summary>{`${stages.reduce((sum, { steps }) => sum + steps.length, 0)} steps`}</summary>
          <ol>
            {stages.map(({ stage, steps }, index) => (
              <li key={index}>
                <bdi className={styles.stage}>{stage}</bdi> <bdi>{steps.join(', ')}</bdi>
              </li>
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}
