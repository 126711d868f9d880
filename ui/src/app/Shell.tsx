/** What stands around every screen: the bar with the search, the banner, the notes, the palette. */
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';

import { Button, ButtonLink, IconButton } from '../parts/Button';
import { cx } from '../parts/cx';
import { Icon } from '../parts/Icon';
import { Toasts } from '../parts/Toasts';
import { Banner } from './Banner';
import { giveFocus } from './keepFocus';
import { Palette, useCommands } from './Palette';
import { Preferences } from './Preferences';
import { ShortcutList } from './ShortcutList';
import styles from './Shell.module.css';
import { useShortcuts } from './shortcuts';
import { setTheme, useTheme } from './theme';

/** The frame of the page. */
export function Shell() {
  const [open, setOpen] = useState<'palette' | 'keys' | 'preferences'>();
  const navigate = useNavigate();
  useShortcuts('Everywhere', [
    { keys: '?', does: 'Show the keys', act: () => setOpen('keys') },
    { keys: '/', does: 'Search in the screen, or find anything', act: () => focusSearch() || setOpen('palette') },
    { keys: 'g a', does: 'Go to the applications', act: () => void navigate({ to: '/applications' }) },
    { keys: 'g p', does: 'Go to the projects', act: () => void navigate({ to: '/projects' }) },
    { keys: 'g d', does: 'Go to the administration', act: () => void navigate({ to: '/admin' }) },
    { keys: 'g s', does: 'Search everything', act: () => void navigate({ to: '/search' }) },
  ]);
  useCommands(useMemo(() => [{ id: 'preferences', title: 'Preferences: time zone, colours', kind: 'Do', icon: 'person', act: () => setOpen('preferences') }], []));
  useEffect(() => {
    const openPalette = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setOpen((now) => (now === 'palette' ? undefined : 'palette'));
      }
    };
    window.addEventListener('keydown', openPalette);
    return () => window.removeEventListener('keydown', openPalette);
  }, []);
  return (
    <>
      <a className={styles.skip} href="#main" onClick={(event) => skip(event)}>
        Skip to the content
      </a>
      <header className={styles.bar}>
        <Link to="/applications" className={styles.brand}>
          <Mark />
          <span>Gennaker</span>
        </Link>
        <nav className={styles.places} aria-label="Places">
          <Link to="/applications" activeOptions={{ exact: true }} className={styles.place}>
            Applications
          </Link>
          <Link to="/projects" className={styles.place}>
            Projects
          </Link>
          <Link to="/search" className={cx(styles.place, styles.wideOnly)}>
            Search
          </Link>
        </nav>
        <div className={styles.find}>
          <Button look="plain" onPress={() => setOpen('palette')}>
            <Icon name="search" />
            <span className={styles.findText}>Find anything</span>
            <kbd aria-hidden="true">Ctrl K</kbd>
          </Button>
        </div>
        <span className={styles.wideOnly}>
          <ButtonLink look="quiet" icon="gear" to="/admin" aria-label="Administration" />
        </span>
        <ThemeButton />
        <span className={styles.wideOnly}>
          <IconButton label="Preferences" icon="person" onPress={() => setOpen('preferences')} />
          <IconButton label="Keys" icon="info" onPress={() => setOpen('keys')} />
        </span>
      </header>
      <Banner />
      <Outlet />
      <Toasts />
      {open === 'palette' && <Palette onClose={() => setOpen(undefined)} />}
      {open === 'preferences' && <Preferences onClose={() => setOpen(undefined)} />}
      {open === 'keys' && <ShortcutList onClose={() => setOpen(undefined)} />}
    </>
  );
}

function ThemeButton() {
  const theme = useTheme();
  const next = theme === 'system' ? 'dark' : theme === 'dark' ? 'light' : 'system';
  const icon = theme === 'system' ? 'screen' : theme === 'dark' ? 'moon' : 'sun';
  const now = { system: 'as the system', dark: 'dark', light: 'light' };
  return <IconButton label={`Colours: ${now[theme]}; change to ${now[next]}`} icon={icon} onPress={() => setTheme(next)} />;
}

/** Puts the keyboard into the screen's own search field, if it has one. */
function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('input[data-search]');
  field?.focus();
  field?.select();
  return field !== null;
}

/** The address's hash is the router's, so the skip link moves the focus itself. */
function skip(event: { preventDefault: () => void }): void {
  event.preventDefault();
  const main = document.getElementById('main');
  if (main) giveFocus(main);
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={styles.mark}>
      <path d="M16 3c7 4 10 11 9 21-4-3-7-4-11-4 4-5 4-11 2-17Z" />
      <path d="M14 5c1 6 0 11-6 16 4-1 5-1 6-1 3-5 3-10 0-15Z" opacity=".6" />
      <path d="M6 25h20" className={styles.hull} />
    </svg>
  );
}
