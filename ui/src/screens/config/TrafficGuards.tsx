/** `trafficGuards`: clusters of the application that must always have instances that serve. */
import { useQuery } from '@tanstack/react-query';

import { accounts } from '../../gate/accounts';
import { clusterNames, updateApplication } from '../../gate/applications';
import type { Account, Application } from '../../gate/wire';
import { Button, IconButton } from '../../parts/Button';
import { Checkbox, Select, TextField } from '../../parts/Field';
import { EditedSection, type Editing } from './EditedSection';
import { type Guard, guardProblems, guardsOf, watched } from './model';
import { Section } from './Section';
import styles from './Section.module.css';

const TITLE = 'Traffic guards';
const NEW: Guard = { enabled: true, account: '', location: '*', stack: '', detail: '' };

/** The section. */
export function TrafficGuards({ application }: { application: Application }) {
  return (
    <Section
      id="traffic-guards"
      title={TITLE}
      intro="A guard names clusters that must never be left without instances that serve. A stage or a task that would disable, shrink or destroy the last of them fails with the reason, and changes nothing."
    >
      <EditedSection
        title={TITLE}
        saved={guardsOf(application.attributes['trafficGuards'])}
        problems={guardProblems}
        onSave={(trafficGuards) => updateApplication({ name: application.name, trafficGuards })}
      >
        {(editing) => <Guards application={application.name} isGuarded={guardsOf(application.attributes['trafficGuards']).length > 0} {...editing} />}
      </EditedSection>
    </Section>
  );
}

function Guards({ application, isGuarded, value, set, error }: { application: string; isGuarded: boolean } & Editing<Guard[]>) {
  const known = useQuery(accounts);
  const clusters = useQuery(clusterNames(application));
  const change = (index: number, part: Partial<Guard>): void => set(value.map((guard, at) => (at === index ? { ...guard, ...part } : guard)));
  return (
    <div className={styles.rows}>
      {value.length === 0 && <p className={styles.note}>No cluster is guarded.</p>}
      {value.map((guard, index) => (
        <div className={styles.row} key={index} role="group" aria-label={`Guard ${index + 1}`}>
          <div className={styles.fields}>
            <div className={styles.grid}>
              <Select
                label="Account"
                isRequired
                options={optionsWith((known.data ?? []).map(({ name }) => name), guard.account)}
                value={guard.account === '' ? undefined : guard.account}
                onChange={(account) => change(index, { account, location: '*' })}
                error={error(`${index}.account`)}
              />
              <Select
                label="Region"
                options={optionsWith(['*', ...regionsOf(known.data?.find(({ name }) => name === guard.account))], guard.location).map((one) => (one.value === '*' ? { ...one, label: '* (all)' } : one))}
                value={guard.location}
                onChange={(location) => change(index, { location })}
              />
              <TextField label="Stack" value={guard.stack} onChange={(stack) => change(index, { stack: stack.trim() })} description="* is any; empty is none." />
              <TextField label="Detail" value={guard.detail} onChange={(detail) => change(index, { detail: detail.trim() })} description="* is any; empty is none." />
            </div>
            <Checkbox isSelected={guard.enabled} onChange={(enabled) => change(index, { enabled })}>
              On
            </Checkbox>
            {clusters.data && guard.account !== '' && <Watched names={watched(guard, application, clusters.data)} />}
          </div>
          {(value.length > 1 || !isGuarded) && <IconButton label={`Remove guard ${index + 1}`} icon="trash" onPress={() => set(value.filter((_, at) => at !== index))} />}
        </div>
      ))}
      {isGuarded && value.length === 1 && <p className={styles.note}>The last guard can be switched off, not removed: front50 keeps the guards of an application that is sent without any.</p>}
      <div>
        <Button icon="plus" onPress={() => set([...value, NEW])}>
          Add a guard
        </Button>
      </div>
    </div>
  );
}

function Watched({ names }: { names: readonly string[] }) {
  return (
    <p className={styles.note}>
      {names.length === 0 ? 'No cluster that there is now is meant.' : 'Guards '}
      <bdi>{names.slice(0, 10).join(', ')}</bdi>
      {names.length > 10 && ` and ${names.length - 10} more`}
    </p>
  );
}

/** The options with the present value among them, also if it is offered no more. */
function optionsWith(offered: readonly string[], present: string): { value: string; label: string }[] {
  return [...new Set([...offered, ...(present === '' ? [] : [present])])].map((value) => ({ value, label: value }));
}

/** The places of an account: regions, or namespaces where it has these. */
function regionsOf(account: Account | undefined): string[] {
  const regions = Array.isArray(account?.['regions']) ? account['regions'] : [];
  const namespaces = Array.isArray(account?.['namespaces']) ? account['namespaces'] : [];
  return [...regions, ...namespaces].flatMap((one: unknown) => {
    const name = typeof one === 'string' ? one : (one as { name?: unknown } | null)?.name;
    return typeof name === 'string' ? [name] : [];
  });
}
