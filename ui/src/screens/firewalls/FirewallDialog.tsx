/** Makes a firewall of the local provider, or edits one. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { accounts } from '../../gate/accounts';
import type { Firewall } from '../../gate/cloud';
import { firewalls } from '../../gate/firewalls';
import { Select, TextField } from '../../parts/Field';
import { ChangeDialog } from '../infrastructure/ChangeDialog';
import { problemOfName } from '../infrastructure/taken';
import { upsert } from './firewallChanges';
import { parseRules, textOfRules } from './rules';

/** The dialog; without `given` it makes a new one. */
export function FirewallDialog({ application, given, onClose }: { application: string; given?: Firewall; onClose: () => void }) {
  const { data: known = [] } = useQuery(accounts);
  const { data: walls = [] } = useQuery(firewalls(application));
  const own = known.filter(({ cloudProvider, type }) => (cloudProvider ?? type) === 'local').map(({ name }) => name);
  const [name, setName] = useState(given?.name ?? application);
  const [chosen, setChosen] = useState(given?.account);
  const [text, setText] = useState(() => textOfRules(given?.inboundRules ?? []));
  const { rules, problem } = parseRules(text);
  const account = chosen ?? own[0] ?? '';
  const place = { name, account, region: given?.region ?? 'local', cloudProvider: given?.cloudProvider ?? 'local' };
  const wrong = (given === undefined ? problemOfName('firewall', { name, account }, walls) : undefined) ?? problem;
  return (
    <ChangeDialog application={application} change={upsert(application, place, rules, given === undefined)} problem={wrong} onClose={onClose}>
      {given === undefined && (
        <>
          <TextField label="Name" value={name} onChange={setName} isRequired autoFocus description={`It is the application's if it begins with ${application}.`} />
          {own.length > 1 && <Select label="Account" options={own.map((one) => ({ value: one, label: one }))} value={account} onChange={setChosen} />}
        </>
      )}
      <TextField label="Who may connect" value={text} onChange={setText} rows={5} placeholder="10.0.0.0/8 8000-8099" description="A line a rule: an address or a range, then a port or two with a hyphen. Without ports it holds for all of them." />
    </ChangeDialog>
  );
}
