/** `#/applications`: all applications; the favourites and those looked at last come first. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useDeferredValue, useMemo, useState } from 'react';

import { useCommands } from '../../app/Palette';
import { useShortcuts } from '../../app/shortcuts';
import { applications } from '../../gate/applications';
import { path } from '../../gate/http';
import type { ApplicationSummary } from '../../gate/wire';
import { Button } from '../../parts/Button';
import { SearchField } from '../../parts/Field';
import { Page } from '../../parts/Page';
import { RowButton, RowLink } from '../../parts/Row';
import { Answer, Empty, Loading } from '../../parts/States';
import { type Column, Table } from '../../parts/Table';
import { Name } from '../../parts/Text';
import { Ago } from '../../parts/Time';
import { ApplicationForm } from './ApplicationForm';
import styles from './ApplicationList.module.css';
import { providersOf } from './draft';
import { toggleFavourite, useFavourites, useRecent } from './personal';

const route = getRouteApi('/applications');
const FirstSteps = lazy(() => import('../first-steps/FirstSteps').then((module) => ({ default: module.FirstSteps })));

/** The screen. */
export function ApplicationList() {
  const { q = '', sort = 'name', create } = route.useSearch();
  const navigate = useNavigate();
  const query = useQuery(applications);
  const [making, setMaking] = useState(create !== undefined);
  const search = (next: string): void => {
    void navigate({ to: '/applications', search: (before) => ({ ...before, q: next || undefined }), replace: true });
  };
  useShortcuts('Applications', [{ keys: 'c', does: 'Create an application', act: () => setMaking(true) }]);
  useCommands(useMemo(() => [{ id: 'create application', title: 'Create an application', kind: 'Do', icon: 'plus', act: () => setMaking(true) }], []));
  const createButton = (
    <Button look="primary" icon="plus" onPress={() => setMaking(true)}>
      Create application
    </Button>
  );
  return (
    <Page title="Applications" actions={createButton}>
      <Answer query={query} what="applications">
        {(all) =>
          all.length === 0 ? (
            <>
              <Empty title="There is no application yet">Create one of your own, or take these three steps to see a pipeline run.</Empty>
              <Suspense fallback={<Loading what="the steps" />}>
                <FirstSteps onMade={() => void navigate({ to: '/first-steps' })} />
              </Suspense>
            </>
          ) : (
            <Found all={all} q={q} sort={sort} onSearch={search} />
          )
        }
      </Answer>
      {making && (
        <ApplicationForm
          onClose={() => setMaking(false)}
          onDone={(application) => void navigate({ to: '/applications/$application', params: { application } })}
        />
      )}
    </Page>
  );
}

function Found({ all, q, sort, onSearch }: { all: readonly ApplicationSummary[]; q: string; sort: string; onSearch: (q: string) => void }) {
  const favourites = useFavourites();
  const recent = useRecent();
  const wanted = useDeferredValue(q.trim().toLowerCase());
  const found = useMemo(() => all.filter((one) => has(one, wanted)), [all, wanted]);
  const names = useMemo(() => new Set(all.map(({ name }) => name)), [all]);
  const navigate = useNavigate();
  const columns = useMemo(() => columnsWith(favourites), [favourites]);
  const liked = favourites.filter((name) => names.has(name));
  const seen = recent.filter((name) => names.has(name) && !liked.includes(name));
  return (
    <>
      {liked.length + seen.length > 0 && (
        <div className={styles.shelf}>
          <Shelf title="Favourites" names={liked} />
          <Shelf title="Looked at last" names={seen} />
        </div>
      )}
      <div className={styles.tools}>
        <SearchField label="Search applications" placeholder="Name, owner, description, provider" value={q} onChange={onSearch} />
        <span className="soft number" role="status">
          {wanted === '' ? `${all.length} ${all.length === 1 ? 'application' : 'applications'}` : `${found.length} of ${all.length}`}
        </span>
      </div>
      {found.length === 0 ? (
        <Empty title="No application matches" action={<Button onPress={() => onSearch('')}>Show all</Button>}>
          Nothing has these words in its name, owner, description or providers.
        </Empty>
      ) : (
        <Table
          label="Applications"
          rows={found}
          columns={columns}
          keyOf={(row) => row.name}
          sort={sort}
          onSort={(next) => void navigate({ to: '/applications', search: (before) => ({ ...before, sort: next === 'name' ? undefined : next }), replace: true })}
        />
      )}
    </>
  );
}

function Shelf({ title, names }: { title: string; names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <section className={styles.group} aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {names.map((application) => (
          <li key={application}>
            <Link to="/applications/$application" params={{ application }} className={styles.chip}>
              <Name>{application}</Name>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function has(one: ApplicationSummary, wanted: string): boolean {
  if (wanted === '') return true;
  const text = [one.name, one.email, one.description, ...providersOf(one)].join('\n').toLowerCase();
  return wanted.split(/\s+/).every((word) => text.includes(word));
}

function columnsWith(favourites: readonly string[]): Column<ApplicationSummary>[] {
  const time = (value: string | number | undefined): number => Number(value ?? 0);
  return [
    {
      id: 'name',
      title: 'Name',
      width: 'minmax(11rem, 1.6fr)',
      by: (row) => row.name,
      cell: (row) => (
        <span className={styles.name}>
          <RowButton
            label={favourites.includes(row.name) ? `${row.name} is no favourite any more` : `Make ${row.name} a favourite`}
            icon="star"
            filled={favourites.includes(row.name)}
            onPress={() => toggleFavourite(row.name)}
          />
          <RowLink to={path('applications', row.name)}>
            <Name>{row.name}</Name>
          </RowLink>
        </span>
      ),
    },
    { id: 'email', title: 'Owner', width: 'minmax(9rem, 1.3fr)', by: (row) => row.email ?? '', cell: (row) => <Name>{row.email ?? ''}</Name> },
    {
      id: 'description',
      title: 'Description',
      width: 'minmax(9rem, 2fr)',
      optional: true,
      cell: (row) => <Name className="soft">{row.description ?? ''}</Name>,
    },
    { id: 'providers', title: 'Providers', width: '7rem', optional: true, by: (row) => providersOf(row).join(), cell: (row) => providersOf(row).join(', ') },
    { id: 'updated', title: 'Changed', width: '6.5rem', align: 'end', optional: true, by: (row) => time(row.updateTs), cell: (row) => <Ago at={time(row.updateTs)} /> },
  ];
}
