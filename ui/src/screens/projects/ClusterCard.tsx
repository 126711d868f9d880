/** What runs of one of a project's clusters: instances by application and region. */
import type { RunningCluster, RunningRegion } from '../../gate/projects';
import { StatusBar } from '../../parts/Status';
import { Name } from '../../parts/Text';
import { Ago } from '../../parts/Time';
import styles from './ClusterCard.module.css';
import { clusterName, partsOf, regionsOf } from './model';

/** The card. */
export function ClusterCard({ cluster }: { cluster: RunningCluster }) {
  const regions = regionsOf(cluster);
  const { up, total } = cluster.instanceCounts;
  return (
    <section className={styles.card} aria-label={clusterName(cluster)}>
      <header className={styles.head}>
        <h3>
          <Name>{clusterName(cluster)}</Name>
        </h3>
        <span className="number">
          {up} of {total} up
        </span>
      </header>
      {regions.length === 0 ? (
        <p className="soft">Nothing of it runs.</p>
      ) : (
        // What is wider than its place is scrolled by keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className={styles.scroll} tabIndex={0} role="group" aria-label={`Instances of ${clusterName(cluster)}`}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Application</th>
                {regions.map((region) => (
                  <th key={region} scope="col">
                    <bdi>{region}</bdi>
                  </th>
                ))}
                <th scope="col">Deployed</th>
              </tr>
            </thead>
            <tbody>
              {cluster.applications.map(({ application, clusters, lastPush }) => (
                <tr key={application}>
                  <th scope="row" aria-label={application}>
                    <a href={`#/applications/${encodeURIComponent(application)}/clusters?acct=${encodeURIComponent(cluster.account)}`}>
                      <bdi>{application}</bdi>
                    </a>
                  </th>
                  {regions.map((region) => (
                    <td key={region}>
                      <Region running={clusters.find((one) => one.region === region)} />
                    </td>
                  ))}
                  <td>
                    <Ago at={lastPush} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Region({ running }: { running: RunningRegion | undefined }) {
  if (!running) return <span className="soft">–</span>;
  const { instanceCounts: counts, builds } = running;
  const numbers = builds.map(({ buildNumber }) => buildNumber).filter((number) => number !== '0');
  return (
    <span className={styles.region}>
      <StatusBar parts={partsOf(counts)} label={partsOf(counts).map(({ title }) => title).join(', ')} className={styles.bar ?? ''} />
      <span className="number">
        {counts.up}/{counts.total}
      </span>
      {numbers.length > 0 && <span className={styles.builds}>#{numbers.join(', #')}</span>}
    </span>
  );
}
