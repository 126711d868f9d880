/** The frame of an application: its name, its tabs, what can be done to it. It follows what changes as long as it is there. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';

import { useCommands } from '../../app/Palette';
import { useShortcuts } from '../../app/shortcuts';
import { application as applicationQuery } from '../../gate/applications';
import { GateError } from '../../gate/errors';
import { follow, useLive } from '../../gate/live';
import type { Application } from '../../gate/wire';
import { ButtonLink, IconButton } from '../../parts/Button';
import { useInSight } from '../../parts/inSight';
import { Menu } from '../../parts/Menu';
import { Page } from '../../parts/Page';
import { Answer, Empty } from '../../parts/States';
import { StatusDot } from '../../parts/Status';
import { Name } from '../../parts/Text';
import { ApplicationBanner } from '../config/ApplicationBanner';
import { ApplicationForm } from './ApplicationForm';
import styles from './ApplicationFrame.module.css';
import { DeleteApplication } from './DeleteApplication';
import { toggleFavourite, useFavourites, visited } from './personal';
import { TABS } from './tabs';

const route = getRouteApi('/applications/$application');

/** The frame; the screen of the tab stands in it. */
export function ApplicationFrame() {
  const { application } = route.useParams();
  const query = useQuery(applicationQuery(application));
  const isThere = query.data !== undefined;
  const isMissing = query.error instanceof GateError && query.error.kind === 'missing';
  // From the first moment on: what is asked for before gate has begun to tell of changes has to be asked for once more.
  useEffect(() => (isMissing ? undefined : follow(application)), [application, isMissing]);
  useEffect(() => {
    if (isThere) visited(application);
    document.title = `${application} · Gennaker`;
  }, [application, isThere]);
  if (isMissing) {
    return (
      <main id="main">
        <Empty title={`There is no application ${application}`} action={<ButtonLink to="/applications">All applications</ButtonLink>}>
          It may have been deleted, or the address is mistyped.
        </Empty>
      </main>
    );
  }
  if (query.data === undefined) {
    return (
      <Page label={application}>
        <Answer query={query} what="application">
          {() => null}
        </Answer>
      </Page>
    );
  }
  return (
    <>
      <ApplicationBanner banners={query.data.attributes['customBanners']} />
      <Head application={query.data} />
      <Outlet />
    </>
  );
}

function Head({ application }: { application: Application }) {
  const { name } = application;
  const [open, setOpen] = useState<'edit' | 'delete'>();
  const navigate = useNavigate();
  const favourite = useFavourites().includes(name);
  const goTo = useMemo(
    () => TABS.map((tab) => ({ tab, act: () => void navigate({ to: tab.to, params: { application: name } } as never) })),
    [name, navigate],
  );
  useShortcuts('Application', goTo.map(({ tab, act }) => ({ keys: tab.keys, does: `Go to ${tab.label}`, act })));
  useCommands(
    useMemo(
      () => [
        ...goTo.map(({ tab, act }) => ({ id: `tab ${tab.label}`, title: tab.label, kind: `In ${name}`, act })),
        { id: 'edit application', title: `Edit ${name}`, kind: 'Do', icon: 'edit' as const, act: () => setOpen('edit') },
      ],
      [goTo, name],
    ),
  );
  return (
    <header className={styles.head}>
      <div className={styles.line}>
        <h1 className={styles.title}>
          <Name>{name}</Name>
        </h1>
        <IconButton label={favourite ? `${name} is no favourite any more` : `Make ${name} a favourite`} icon="star" filled={favourite} onPress={() => toggleFavourite(name)} />
        <LiveDot />
        <span className={styles.owner}>
          <Name className="soft">{application.attributes.email ?? ''}</Name>
        </span>
        <Menu
          label="What can be done to the application"
          actions={[
            { label: 'Edit', icon: 'edit', act: () => setOpen('edit') },
            { label: 'Delete', icon: 'trash', danger: true, act: () => setOpen('delete') },
          ]}
        />
      </div>
      {TABS.length > 0 && (
        <Tabs name={name} />
      )}
      {open === 'edit' && <ApplicationForm given={application} onClose={() => setOpen(undefined)} />}
      {open === 'delete' && <DeleteApplication name={name} onClose={() => setOpen(undefined)} onGone={() => navigate({ to: '/applications' })} />}
    </header>
  );
}

/** The tabs; where there is no room for all of them, the one that is open is brought into sight. */
function Tabs({ name }: { name: string }) {
  const { pathname } = useLocation();
  const place = useInSight<HTMLElement>(pathname, '[data-status="active"]');
  return (
    <nav ref={place} className={styles.tabs} aria-label={`Screens of ${name}`}>
      {TABS.map((tab) => (
        <Link key={tab.label} to={tab.to} params={{ application: name } as never} className={styles.tab} activeOptions={{ includeSearch: false }}>
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}

function LiveDot() {
  const live = useLive();
  if (live === 'live') return <StatusDot tone="good" label="Live: changes are shown as they happen" />;
  if (live === 'polling') return <StatusDot tone="waiting" label="This gate tells no events: changes are looked for every so often" />;
  return <StatusDot tone="idle" label="Connecting to gate's events" />;
}
