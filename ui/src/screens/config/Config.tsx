/** `#/applications/A/config`: what can be set about an application, each part saved by itself. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

import { application as applicationQuery } from '../../gate/applications';
import type { Application } from '../../gate/wire';
import { Button } from '../../parts/Button';
import { Page } from '../../parts/Page';
import { Answer } from '../../parts/States';
import { Name } from '../../parts/Text';
import { DeleteApplication } from '../applications/DeleteApplication';
import { Attributes, AttributesAsJson } from './Attributes';
import { Banners } from './Banners';
import styles from './Config.module.css';
import { History } from './History';
import { InstanceLinks } from './InstanceLinks';
import { Notifications } from './Notifications';
import { Section } from './Section';
import { TrafficGuards } from './TrafficGuards';

const route = getRouteApi('/applications/$application/config');

/** The sections by what addresses call them: upstream's names where it has them. */
const SECTIONS = [
  { id: 'location', label: 'Attributes' },
  { id: 'notifications', label: 'Notifications' },
  { id: 'links', label: 'Links' },
  { id: 'traffic-guards', label: 'Traffic guards' },
  { id: 'banner', label: 'Banners' },
  { id: 'json', label: 'As JSON' },
  { id: 'history', label: 'History' },
  { id: 'delete', label: 'Delete' },
] as const;

/** The screen. */
export function Config() {
  const { application } = route.useParams();
  const query = useQuery(applicationQuery(application));
  return (
    <Page label="Config">
      <Answer query={query} what="application">
        {(known) => <Sections application={known} />}
      </Answer>
    </Page>
  );
}

function Sections({ application }: { application: Application }) {
  const { section } = route.useSearch();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  useEffect(() => {
    if (section === undefined) return;
    const place = document.getElementById(`section-${section}`);
    place?.scrollIntoView({ block: 'start' });
    place?.focus({ preventScroll: true });
  }, [section]);
  const { name } = application;
  return (
    <div className={styles.frame}>
      <nav className={styles.index} aria-label="Sections">
        <ul>
          {SECTIONS.map(({ id, label }) => (
            <li key={id}>
              <Link to="/applications/$application/config" params={{ application: name }} search={{ section: id }} replace resetScroll={false} className={styles.link} aria-current={section === id ? 'true' : undefined}>
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className={styles.sections}>
        <Attributes application={application} />
        <Notifications application={name} />
        <InstanceLinks application={application} />
        <TrafficGuards application={application} />
        <Banners application={application} />
        <AttributesAsJson application={application} />
        <History application={application} />
        <Section id="delete" title="Delete" intro="The application goes with its pipelines and their history. What runs in clouds stays; an application that still has clusters is not deleted.">
          <div>
            <Button look="danger" icon="trash" onPress={() => setDeleting(true)}>
              Delete <Name>{name}</Name>
            </Button>
          </div>
        </Section>
      </div>
      {deleting && <DeleteApplication name={name} onClose={() => setDeleting(false)} onGone={() => navigate({ to: '/applications' })} />}
    </div>
  );
}
