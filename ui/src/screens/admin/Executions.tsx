/** What is not over, with who has it; what does not go on comes first. */
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';

import { type Active, ACTIVE_SHOWN, forceCancel, lookAtOnce } from '../../gate/admin';
import { messageOf } from '../../gate/errors';
import { Button } from '../../parts/Button';
import { ConfirmDialog } from '../../parts/Dialog';
import { Checkbox, SearchField } from '../../parts/Field';
import { Icon } from '../../parts/Icon';
import { Menu } from '../../parts/Menu';
import { sentence } from '../../parts/sentence';
import { StatusBadge } from '../../parts/Status';
import { type Column, Table } from '../../parts/Table';
import { Name } from '../../parts/Text';
import { Ago } from '../../parts/Time';
import { toast } from '../../parts/Toasts';
import styles from './Admin.module.css';
import { filtered, lookOf, type Row } from './model';

const route = getRouteApi('/admin');

/** The section. */
export function Executions({ active, rows, onWhy }: { active: Active; rows: readonly Row[]; onWhy: (id: string) => void }) {
  const { q = '', attention } = route.useSearch();
  const navigate = useNavigate();
  const [ends, setEnds] = useState<Row>();
  const set = (change: { q?: string | undefined; attention?: string | undefined }): void => {
    void navigate({ to: '/admin', search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  };
  const concerns = rows.filter(({ concern }) => concern !== undefined).length;
  const found = filtered(rows, q, attention !== undefined);
  const columns = useMemo(() => columnsWith(onWhy, setEnds), [onWhy]);
  return (
    <section className={styles.section} aria-label="Executions">
      <header className={styles.head}>
        <h2>
          Not over <span className="soft number">{rows.length}</span>
        </h2>
        <span className={concerns > 0 ? styles.concern : 'soft'} role="status">
          {concerns === 0 ? 'All go on, or wait as they should.' : concerns === 1 ? 'One needs a look.' : `${concerns} need a look.`}
        </span>
      </header>
      {rows.length === 0 ? (
        <p className="soft">Nothing runs and nothing waits.</p>
      ) : (
        <>
          <div className={styles.tools}>
            <SearchField label="Search executions" placeholder="Name, application, node, id" value={q} onChange={(next) => set({ q: next || undefined })} />
            <Checkbox isSelected={attention !== undefined} onChange={(on) => set({ attention: on ? 'true' : undefined })}>
              Only those that need a look
            </Checkbox>
          </div>
          {found.length === 0 ? <p className="soft">None is so.</p> : <Table label="Executions that are not over" rows={found} columns={columns} keyOf={({ id }) => id} />}
          {!active.complete && <p className="soft">There are more than these {ACTIVE_SHOWN}.</p>}
        </>
      )}
      {ends && (
        <ConfirmDialog
          title={sentence`End ${ends.name ?? ends.id} by force`}
          action="End it"
          onClose={() => setEnds(undefined)}
          onConfirm={async () => {
            await forceCancel(ends);
            toast({ tone: 'info', text: 'It is being ended.' });
          }}
        >
          <p>It ends whatever its stages do, and nothing that it has begun is undone. Cancel it instead, on its own screen, if it can still listen.</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

function Look({ row }: { row: Row }) {
  const { tone, word } = lookOf(row);
  return (
    <StatusBadge status={row.status} tone={tone}>
      {word}
    </StatusBadge>
  );
}

function columnsWith(onWhy: (id: string) => void, onEnd: (row: Row) => void): Column<Row>[] {
  const look = (row: Row): void => {
    lookAtOnce(row.id).then(
      () => toast({ tone: 'good', text: 'The node has looked for what can go on.' }),
      (error: unknown) => toast({ tone: 'bad', text: messageOf(error) }),
    );
  };
  return [
    {
      id: 'name',
      title: 'Execution',
      width: 'minmax(12rem, 2fr)',
      cell: (row) => (
        <span className={styles.title}>
          {row.concern !== undefined && (
            <span className={styles.concern} title={row.concern}>
              <Icon name="warning" />
              <span className="unseen">{row.concern}</span>
            </span>
          )}
          <a href={`#/${row.type === 'PIPELINE' ? 'executions' : 'tasks'}/${row.id}`}>
            <Name>{row.name ?? row.id}</Name>
          </a>
        </span>
      ),
    },
    { id: 'application', title: 'Application', width: 'minmax(6rem, 1fr)', cell: ({ application }) => <Name>{application}</Name> },
    { id: 'status', title: 'Status', width: '8.5rem', cell: (row) => <Look row={row} /> },
    { id: 'node', title: 'Driven by', width: 'minmax(6rem, 1fr)', optional: true, cell: ({ node }) => (node ? <Name>{node.node}</Name> : <span className="soft">nobody: it waits</span>) },
    { id: 'started', title: 'Started', width: '6.5rem', cell: ({ startTime }) => <Ago at={startTime} /> },
    {
      id: 'why',
      title: 'Why',
      width: '7.5rem',
      align: 'end',
      cell: (row) => (
        <span className={styles.end}>
          <Button look="quiet" onPress={() => onWhy(row.id)} aria-label={`Why does ${row.name ?? row.id} stand so`}>
            Why?
          </Button>
          <Menu
            label={`More for ${row.name ?? row.id}`}
            actions={[
              { label: 'Look at once whether it can go on', icon: 'restart', act: () => look(row) },
              { label: 'End by force …', icon: 'stop', danger: true, act: () => onEnd(row) },
            ]}
          />
        </span>
      ),
    },
  ];
}
