/**
 * The command palette: type, choose, go. It has applications, the pipelines of the application that is looked at, screens,
 * and what screens add with `useCommands`.
 */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Dialog as AriaDialog, Modal, ModalOverlay } from 'react-aria-components';

import { applications } from '../gate/applications';
import { Icon, type IconName } from '../parts/Icon';
import { store } from '../parts/store';
import { Name } from '../parts/Text';
import { ranked } from './rank';
import styles from './Palette.module.css';

/** Something to go to or to do. */
export interface Command {
  readonly id: string;
  readonly title: string;
  /** What kind of thing it is. */
  readonly kind: string;
  readonly icon?: IconName;
  readonly act: () => void;
}

const MOST = 12;
const added = store<readonly (readonly Command[])[]>([]);

/** Offers these commands while the component is there. Pass the same array as long as nothing changes. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => {
    added.set([...added.get(), commands]);
    return () => added.set(added.get().filter((one) => one !== commands));
  }, [commands]);
}

/** The palette. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const navigate = useNavigate();
  const known = useQuery(applications);
  const offered = added.use();
  const all = useMemo(() => {
    const screens: Command[] = [
      { id: 'applications', title: 'Applications', kind: 'Screen', icon: 'list', act: () => void navigate({ to: '/applications' }) },
      { id: 'projects', title: 'Projects', kind: 'Screen', icon: 'list', act: () => void navigate({ to: '/projects' }) },
      { id: 'admin', title: 'Administration', kind: 'Screen', icon: 'gear', act: () => void navigate({ to: '/admin' }) },
      { id: 'first steps', title: 'First steps', kind: 'Screen', icon: 'info', act: () => void navigate({ to: '/first-steps' }) },
    ];
    const own = (known.data ?? []).map(
      ({ name }): Command => ({
        id: `application ${name}`,
        title: name,
        kind: 'Application',
        icon: 'right',
        act: () => void navigate({ to: '/applications/$application', params: { application: name } }),
      }),
    );
    return [...offered.flat(), ...screens, ...own];
  }, [known.data, navigate, offered]);
  const everywhere: Command = { id: 'search', title: `Search everything for “${text.trim()}”`, kind: 'Search', icon: 'search', act: () => void navigate({ to: '/search', search: { q: text.trim() } }) };
  const found = [...ranked(all, text, (command) => command.title).slice(0, MOST), ...(text.trim() === '' ? [] : [everywhere])];
  const chosen = found[Math.min(at, found.length - 1)];
  const choose = (command: Command | undefined): void => {
    if (!command) return;
    onClose();
    command.act();
  };
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });
  return (
    <ModalOverlay className={styles.overlay ?? ''} isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className={styles.modal ?? ''}>
        <AriaDialog aria-label="Find anything" className={styles.dialog ?? ''}>
          <div className={styles.field}>
            <Icon name="search" />
            <input
              autoFocus
              role="combobox"
              aria-label="Find an application, a pipeline or a command"
              aria-expanded="true"
              aria-controls="palette"
              aria-activedescendant={chosen && `palette-${found.indexOf(chosen)}`}
              placeholder="Application, pipeline, command"
              dir="auto"
              autoComplete="off"
              spellCheck={false}
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setAt(0);
              }}
              onKeyDown={(event) => {
                const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
                if (step !== undefined) {
                  event.preventDefault();
                  setAt((at + step + found.length) % Math.max(1, found.length));
                } else if (event.key === 'Enter') {
                  event.preventDefault();
                  choose(chosen);
                }
              }}
            />
          </div>
          <ul className={styles.list} id="palette" role="listbox" aria-label="What was found" ref={list}>
            {found.map((command, index) => (
              // The keyboard is in the field, which says which of these is chosen.
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
              <li
                key={command.id}
                id={`palette-${index}`}
                role="option"
                aria-selected={command === chosen}
                className={styles.option}
                onMouseMove={() => setAt(index)}
                onClick={() => choose(command)}
              >
                <Icon name={command.icon ?? 'right'} />
                <bdi className={styles.title}>{command.title}</bdi>
                <Name className={styles.kind ?? ''}>{command.kind}</Name>
              </li>
            ))}
          </ul>
          {found.length === 0 && <p className={styles.none}>Nothing is called so.</p>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
