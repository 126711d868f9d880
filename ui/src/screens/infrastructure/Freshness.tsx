/** How old what is shown is, with a way to ask anew; and which clouds cannot be asked now. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import { accounts } from '../../gate/accounts';
import { refreshInfrastructure } from '../../gate/serverGroups';
import { IconButton } from '../../parts/Button';
import { Icon } from '../../parts/Icon';
import { Ago } from '../../parts/Time';
import styles from './Freshness.module.css';

/** When the query was answered last. */
export function Freshness({ query, application }: { query: UseQueryResult<unknown>; application: string }) {
  return (
    <span className={styles.fresh}>
      {query.dataUpdatedAt > 0 && (
        <span className={styles.text}>
          As of <Ago at={query.dataUpdatedAt} />
        </span>
      )}
      <IconButton label="Ask anew" icon="restart" onPress={() => refreshInfrastructure(application)} />
    </span>
  );
}

/** The accounts among these that cannot be asked, and since when what is shown of them is old. */
export function Unasked({ among }: { among: ReadonlySet<string> }) {
  const { data = [] } = useQuery(accounts);
  const failing = data.flatMap((account) => {
    const inventory = account['inventory'] as { confirmed?: number; problem?: string | null } | undefined;
    return among.has(account.name) && inventory?.problem ? [{ name: account.name, problem: inventory.problem, confirmed: inventory.confirmed }] : [];
  });
  if (failing.length === 0) return null;
  return (
    <ul className={styles.failing} role="status">
      {failing.map(({ name, problem, confirmed }) => (
        <li key={name}>
          <Icon name="warning" />
          <span>
            <bdi>{name}</bdi> cannot be asked: <bdi>{problem}</bdi>. What is shown of it is of <Ago at={confirmed} />.
          </span>
        </li>
      ))}
    </ul>
  );
}
