/** How the services are that run in gate's process. */
import { useQuery } from '@tanstack/react-query';

import { health } from '../../gate/admin';
import { Answer } from '../../parts/States';
import { StatusDot } from '../../parts/Status';
import styles from './Admin.module.css';
import { servicesOf } from './model';

/** The section. */
export function Services() {
  const query = useQuery(health);
  return (
    <section className={styles.section} aria-label="Services">
      <h2>Services</h2>
      <Answer query={query} what="services">
        {(all) => (
          <ul className={styles.list}>
            {servicesOf(all).map(({ name, isWell, status, parts }) => (
              <li key={name}>
                <details open={!isWell}>
                  <summary>
                    <StatusDot tone={isWell ? 'good' : 'bad'} label={status} />
                    <span className={styles.name}>{name}</span>
                    <span className="soft">{isWell ? 'well' : status.toLowerCase().replaceAll('_', ' ')}</span>
                  </summary>
                  {parts.length === 0 ? (
                    <p className={styles.part}>It has no parts that could fail by themselves.</p>
                  ) : (
                    parts.map((part) => (
                      <p key={part.name} className={styles.part}>
                        <StatusDot tone={part.isWell ? 'good' : 'bad'} label={part.status} /> <bdi>{part.name}</bdi>
                        {part.words !== '' && (
                          <span className="soft">
                            {' '}
                            <bdi>{part.words}</bdi>
                          </span>
                        )}
                      </p>
                    ))
                  )}
                </details>
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </section>
  );
}
