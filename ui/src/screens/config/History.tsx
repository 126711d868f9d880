/** What the application was before: who changed what, and how to have it so again. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { applicationHistory, updateApplication } from '../../gate/applications';
import type { Application, ApplicationAttributes } from '../../gate/wire';
import { Button } from '../../parts/Button';
import { ConfirmDialog } from '../../parts/Dialog';
import { Answer } from '../../parts/States';
import { Moment } from '../../parts/Time';
import { toast } from '../../parts/Toasts';
import { type Change, changesBetween, changing, staying } from './history';
import styles from './History.module.css';
import { Section } from './Section';

const SHOWN = 10;

/** The section. */
export function History({ application }: { application: Application }) {
  const query = useQuery(applicationHistory(application.name));
  const [all, setAll] = useState(false);
  return (
    <Section id="history" title="History" intro="Every version of the attributes, the newest first, with what each changed.">
      <Answer query={query} what="history">
        {(versions) => (
          <>
            <ol className={styles.versions}>
              {versions.slice(0, all ? undefined : SHOWN).map((version, index) => (
                <Version key={String(version.updateTs ?? index)} application={application} version={version} before={versions[index + 1]} isNewest={index === 0} />
              ))}
            </ol>
            {!all && versions.length > SHOWN && (
              <div>
                <Button look="quiet" onPress={() => setAll(true)}>
                  Show all {versions.length}
                </Button>
              </div>
            )}
          </>
        )}
      </Answer>
    </Section>
  );
}

function Version({ application, version, before, isNewest }: { application: Application; version: ApplicationAttributes; before: ApplicationAttributes | undefined; isNewest: boolean }) {
  const [asks, setAsks] = useState(false);
  const changes = before ? changesBetween(before, version) : [];
  const back = changing(application.attributes, version);
  const by = typeof version['lastModifiedBy'] === 'string' ? version['lastModifiedBy'] : 'somebody';
  return (
    <li className={styles.version}>
      <div className={styles.line}>
        <span>
          <Moment at={Number(version.updateTs) || undefined} />, <bdi>{by}</bdi>
        </span>
        {isNewest && <span className={styles.now}>now</span>}
        {!isNewest && Object.keys(back).length > 0 && (
          <Button look="quiet" icon="restart" onPress={() => setAsks(true)}>
            Restore
          </Button>
        )}
      </div>
      {before === undefined ? <p className="soft">The first version that is kept.</p> : changes.length === 0 ? <p className="soft">Nothing that people write was changed.</p> : <Changes changes={changes} />}
      {asks && (
        <ConfirmDialog
          title={`Restore ${application.name}`}
          action="Restore"
          onClose={() => setAsks(false)}
          onConfirm={async () => {
            await updateApplication({ name: application.name, ...back });
            toast({ tone: 'good', text: `${application.name} is as it was.` });
          }}
        >
          <p>The attributes become what they were then. Pipelines and what runs in clouds stay as they are. This is what changes:</p>
          <Changes changes={changesBetween(application.attributes, version).filter(({ field }) => field in back)} />
          <Staying fields={staying(application.attributes, version)} />
        </ConfirmDialog>
      )}
    </li>
  );
}

/** What cannot be taken away from an application. */
export function Staying({ fields }: { fields: readonly string[] }) {
  if (fields.length === 0) return null;
  return <p className="soft">{fields.join(', ')} cannot be taken away from an application, and stays as it is.</p>;
}

function Changes({ changes }: { changes: readonly Change[] }) {
  return (
    <dl className={styles.changes}>
      {changes.map(({ field, before, after }) => (
        <div key={field}>
          <dt>
            <bdi>{field}</bdi>
          </dt>
          <dd>
            {before !== undefined && (
              <del aria-label="before">
                <bdi>{before}</bdi>
              </del>
            )}
            {after !== undefined && (
              <ins aria-label="after">
                <bdi>{after}</bdi>
              </ins>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
