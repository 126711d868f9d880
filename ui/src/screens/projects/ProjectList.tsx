/** `#/projects`: all projects. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';

import { useCommands } from '../../app/Palette';
import { ranked } from '../../app/rank';
import { useShortcuts } from '../../app/shortcuts';
import { type Project, projects } from '../../gate/projects';
import { Button } from '../../parts/Button';
import { SearchField } from '../../parts/Field';
import { Page } from '../../parts/Page';
import { Answer, Empty } from '../../parts/States';
import { type Column, Table } from '../../parts/Table';
import { Name } from '../../parts/Text';
import { Ago } from '../../parts/Time';
import styles from './ProjectList.module.css';
import { ProjectForm } from './ProjectForm';

const route = getRouteApi('/projects');

/** The screen. */
export function ProjectList() {
  const { q = '', sort = 'name', create } = route.useSearch();
  const navigate = useNavigate();
  const query = useQuery(projects);
  const [making, setMaking] = useState(create !== undefined);
  useShortcuts('Projects', [{ keys: 'c', does: 'Create a project', act: () => setMaking(true) }]);
  useCommands(useMemo(() => [{ id: 'create project', title: 'Create a project', kind: 'Do', icon: 'plus', act: () => setMaking(true) }], []));
  const set = (change: { q?: string | undefined; sort?: string | undefined }): void => {
    void navigate({ to: '/projects', search: (before) => ({ ...before, ...change }), replace: true });
  };
  const createButton = (
    <Button look="primary" icon="plus" onPress={() => setMaking(true)}>
      Create project
    </Button>
  );
  return (
    <Page title="Projects" actions={createButton}>
      <Answer query={query} what="projects">
        {(all) => {
          if (all.length === 0) {
            return (
              <Empty title="There is no project yet" action={createButton}>
                A project puts applications together that belong together: what runs of them, and what their pipelines do, on one screen.
              </Empty>
            );
          }
          const found = ranked(all, q, ({ name }) => name);
          return (
            <>
              <div className={styles.tools}>
                <SearchField label="Search projects" placeholder="Name" value={q} onChange={(next) => set({ q: next || undefined })} />
                <span className="soft number" role="status">
                  {q === '' ? `${all.length} projects` : `${found.length} of ${all.length}`}
                </span>
              </div>
              {found.length === 0 ? (
                <Empty title="No project matches" action={<Button onPress={() => set({ q: undefined })}>Show all</Button>} />
              ) : (
                <Table label="Projects" rows={found} columns={COLUMNS} keyOf={({ id }) => id} sort={q === '' ? sort : undefined} onSort={(next) => set({ sort: next === 'name' ? undefined : next })} />
              )}
            </>
          );
        }}
      </Answer>
      {making && <ProjectForm onClose={() => setMaking(false)} onDone={(project) => navigate({ to: '/projects/$project/dashboard', params: { project } })} />}
    </Page>
  );
}

const COLUMNS: Column<Project>[] = [
  {
    id: 'name',
    title: 'Project',
    width: 'minmax(12rem, 2fr)',
    by: ({ name }) => name.toLowerCase(),
    cell: ({ name }) => (
      <Link to="/projects/$project/dashboard" params={{ project: name }}>
        <Name>{name}</Name>
      </Link>
    ),
  },
  { id: 'applications', title: 'Applications', width: 'minmax(10rem, 3fr)', cell: ({ config }) => <Name>{(config.applications ?? []).join(', ')}</Name> },
  { id: 'owner', title: 'Owner', width: 'minmax(8rem, 1.5fr)', optional: true, by: ({ email }) => email ?? '', cell: ({ email }) => <Name>{email ?? ''}</Name> },
  { id: 'changed', title: 'Changed', width: '7rem', align: 'end', by: ({ updateTs }) => updateTs ?? 0, cell: ({ updateTs }) => <Ago at={updateTs} /> },
];
