/** The list of keys that `?` opens. */
import { Fragment } from 'react';

import { Dialog } from '../parts/Dialog';
import { useShortcutGroups } from './shortcuts';
import styles from './ShortcutList.module.css';

/** All keys that hold on this screen. */
export function ShortcutList({ onClose }: { onClose: () => void }) {
  const groups = useShortcutGroups();
  return (
    <Dialog title="Keys" onClose={onClose}>
      <div className={styles.groups}>
        {groups.map((group) => (
          <section key={group.title} className={styles.group}>
            <h3>{group.title}</h3>
            <dl>
              {group.shortcuts.map((shortcut) => (
                <Fragment key={shortcut.keys}>
                  <dt>
                    {shortcut.keys.split(' ').map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{shortcut.does}</dd>
                </Fragment>
              ))}
            </dl>
          </section>
        ))}
        <p className="soft">Ctrl K, or ⌘ K, finds anything. Escape closes what is open.</p>
      </div>
    </Dialog>
  );
}
