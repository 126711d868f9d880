/** Makes a load balancer of the local provider, or edits one. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { accounts } from '../../gate/accounts';
import { firewalls } from '../../gate/firewalls';
import { loadBalancers } from '../../gate/loadBalancers';
import { Button, IconButton } from '../../parts/Button';
import { Checkbox, Select, TextField } from '../../parts/Field';
import { ChangeDialog } from '../infrastructure/ChangeDialog';
import { problemOfName } from '../infrastructure/taken';
import styles from './LoadBalancerDialog.module.css';
import { type Draft, type Listener, problemOf, upsert } from './loadBalancerChanges';

const PROTOCOLS = [
  { value: 'http', label: 'HTTP' },
  { value: 'tcp', label: 'TCP' },
] as const;

/** The dialog; without `given` it makes a new one. */
export function LoadBalancerDialog({ application, given, onClose }: { application: string; given?: Draft; onClose: () => void }) {
  const { data: known = [] } = useQuery(accounts);
  const { data: walls = [] } = useQuery(firewalls(application));
  const { data: balancers = [] } = useQuery(loadBalancers(application));
  const own = known.filter(({ cloudProvider, type }) => (cloudProvider ?? type) === 'local').map(({ name }) => name);
  const [draft, setDraft] = useState<Draft>(given ?? { account: '', region: 'local', provider: 'local', name: application, listeners: [{ protocol: 'http', port: '' }], firewalls: [] });
  const whole = draft.account === '' && own[0] !== undefined ? { ...draft, account: own[0] } : draft;
  const problem = problemOf(whole, application) ?? (given === undefined ? problemOfName('load balancer', whole, balancers) : undefined);
  const set = (change: Partial<Draft>): void => setDraft({ ...whole, ...change });
  const setListener = (index: number, change: Partial<Listener>): void => set({ listeners: whole.listeners.map((one, at) => (at === index ? { ...one, ...change } : one)) });
  const offered = walls.filter(({ account, cloudProvider }) => account === whole.account && cloudProvider === 'local').map(({ name }) => name);
  return (
    <ChangeDialog application={application} change={upsert(application, whole, given === undefined)} problem={problem} onClose={onClose}>
      {given === undefined && (
        <>
          <TextField label="Name" value={whole.name} onChange={(name) => set({ name })} isRequired autoFocus />
          {own.length > 1 && <Select label="Account" options={own.map((name) => ({ value: name, label: name }))} value={whole.account} onChange={(account) => set({ account })} />}
        </>
      )}
      <fieldset className={styles.group}>
        <legend>Listeners</legend>
        {whole.listeners.map((listener, index) => (
          <div key={index} className={styles.listener}>
            <Select label={`Protocol of listener ${index + 1}`} unlabelled options={PROTOCOLS} value={listener.protocol} onChange={(protocol) => setListener(index, { protocol })} />
            <TextField label={`Port of listener ${index + 1}`} unlabelled placeholder="A free port" value={listener.port} onChange={(port) => setListener(index, { port })} />
            <IconButton label={`Remove listener ${index + 1}`} icon="trash" onPress={() => set({ listeners: whole.listeners.filter((_, at) => at !== index) })} />
          </div>
        ))}
        <div>
          <Button look="quiet" icon="plus" onPress={() => set({ listeners: [...whole.listeners, { protocol: 'http', port: '' }] })}>
            Add a listener
          </Button>
        </div>
      </fieldset>
      {offered.length > 0 && (
        <fieldset className={styles.group}>
          <legend>Firewalls</legend>
          {offered.map((name) => (
            <Checkbox
              key={name}
              isSelected={whole.firewalls.includes(name)}
              onChange={(on) => set({ firewalls: on ? [...whole.firewalls, name] : whole.firewalls.filter((one) => one !== name) })}
            >
              <bdi>{name}</bdi>
            </Checkbox>
          ))}
          <p className="soft">Without any, everybody may connect.</p>
        </fieldset>
      )}
    </ChangeDialog>
  );
}
