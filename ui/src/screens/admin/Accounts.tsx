/** The accounts, with why one cannot be used. */
import { useQuery } from '@tanstack/react-query';

import { accounts } from '../../gate/accounts';
import { Answer } from '../../parts/States';
import { StatusDot } from '../../parts/Status';
import { Name } from '../../parts/Text';
import { Ago } from '../../parts/Time';
import styles from './Admin.module.css';
import { accountsOf } from './model';

/** How often accounts are looked at, in milliseconds. */
const LOOK_EVERY = 15_000;

/** The section. */
export function Accounts() {
  const query = useQuery({ ...accounts, refetchInterval: LOOK_EVERY });
  return (
    <section className={styles.section} aria-label="Accounts">
      <h2>Accounts</h2>
      <Answer query={query} what="accounts">
        {(all) =>
          all.length === 0 ? (
            <p className="soft">There is none: clouds are switched on in clouddriver.yml.</p>
          ) : (
            <ul className={styles.list}>
              {accountsOf(all).map(({ name, provider, problem, confirmed, isOpen }) => (
                <li key={name} className={styles.account}>
                  <StatusDot tone={problem === undefined ? 'good' : 'bad'} label={problem === undefined ? 'It works' : 'It cannot be used'} />
                  <Name className={styles.name ?? ''}>{name}</Name>
                  <Name className="soft">{provider}</Name>
                  {confirmed !== undefined && (
                    <span className="soft">
                      looked at <Ago at={confirmed} />
                    </span>
                  )}
                  {!isOpen && <span className="soft">not for you</span>}
                  {problem !== undefined && (
                    <p className={styles.problem} dir="auto">
                      {problem}
                    </p>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </section>
  );
}
