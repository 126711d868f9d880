/** `#/admin`: how the install is, and what does not go on. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';

import { active, type Active } from '../../gate/admin';
import { settings } from '../../gate/settings';
import { version } from '../../gate/session';
import { Page } from '../../parts/Page';
import { Answer } from '../../parts/States';
import { useNow } from '../../parts/Time';
import { Accounts } from './Accounts';
import styles from './Admin.module.css';
import { DiagnosisDialog } from './DiagnosisDialog';
import { Executions } from './Executions';
import { nameOf, rowsOf } from './model';
import { Nodes } from './Nodes';
import { Services } from './Services';

const route = getRouteApi('/admin');

/** The screen. */
export function Admin() {
  const query = useQuery(active);
  const { why } = route.useSearch();
  const navigate = useNavigate();
  const ask = (id: string | undefined): void => void navigate({ to: '/admin', search: (before) => ({ ...before, why: id }), replace: true, resetScroll: false });
  return (
    <Page title="Administration">
      <Versions />
      <div className={styles.pair}>
        <Services />
        <Accounts />
      </div>
      <Answer query={query} what="nodes">
        {(known) => <Standing active={known} onWhy={ask} />}
      </Answer>
      {why !== undefined && <DiagnosisDialog id={why} name={query.data && nameOf(query.data, why)} onClose={() => ask(undefined)} />}
    </Page>
  );
}

function Standing({ active: known, onWhy }: { active: Active; onWhy: (id: string) => void }) {
  const now = useNow();
  return (
    <>
      <Nodes active={known} now={now} />
      <Executions active={known} rows={rowsOf(known, now)} onWhy={onWhy} />
    </>
  );
}

function Versions() {
  const query = useQuery(version);
  const gate = query.data?.version;
  const differ = gate !== undefined && settings.version !== '' && gate !== settings.version;
  return (
    <p className="soft">
      {gate === undefined ? 'gate' : `gate ${gate}`} at <code>{settings.gateUrl}</code>
      {settings.version !== '' && `, this page ${settings.version}`}.{differ && ' They are of different versions: load the page anew after an upgrade.'}
    </p>
  );
}
