/** What is wrong with a text, each with the way to its line. */
import { Icon } from '../../parts/Icon';
import type { Wrong } from './text';
import styles from './Wrongs.module.css';

/** The list; nothing where nothing is wrong. */
export function Wrongs({ wrong, onGo }: { wrong: readonly Wrong[]; onGo: (at: { line: number; column: number }) => void }) {
  return (
    <div role="status" aria-label="What is wrong with the text">
      {wrong.length > 0 && (
        <div className={styles.wrongs}>
          <p>
            <Icon name="warning" /> Not applied yet:
          </p>
          <ul>
            {wrong.slice(0, 20).map(({ message, line, column = 1 }) => (
              <li key={`${line} ${message}`}>
                {line !== undefined && (
                  <button type="button" onClick={() => onGo({ line, column })}>
                    Line {line}, column {column}
                  </button>
                )}
                <bdi>{message}</bdi>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
