/** The form that makes or changes an application. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import { accounts } from '../../gate/accounts';
import { applications, createApplication, updateApplication } from '../../gate/applications';
import type { Application } from '../../gate/wire';
import { FormDialog } from '../../parts/Dialog';
import { Checkbox, Select, TextField } from '../../parts/Field';
import { toast } from '../../parts/Toasts';
import { type Draft, draftOf, nothing, problems, REPOSITORIES, sent } from './draft';
import styles from './ApplicationForm.module.css';

/** A dialog with the form; `given` is the application that is changed. */
export function ApplicationForm({
  given,
  onClose,
  onDone,
}: {
  given?: Application;
  onClose: () => void;
  onDone?: (name: string) => void;
}) {
  const [draft, setDraft] = useState<Draft>(() => (given ? draftOf(given) : nothing));
  const [seen, setSeen] = useState<ReadonlySet<keyof Draft>>(new Set());
  const known = useQuery(applications);
  const clouds = useQuery(accounts);
  const taken = useMemo(() => (given ? [] : (known.data ?? []).map(({ name }) => name.toLowerCase())), [given, known.data]);
  const wrong = problems(draft, taken);
  const providers = [...new Set([...(clouds.data ?? []).map(({ cloudProvider }) => cloudProvider ?? ''), ...draft.cloudProviders])].filter(
    (name) => name !== '',
  );
  const field = (name: Exclude<keyof Draft, 'cloudProviders'>) => ({
    value: draft[name],
    onChange: (value: string) => setDraft({ ...draft, [name]: value }),
    onBlur: () => setSeen(new Set([...seen, name])),
    error: seen.has(name) ? wrong[name] : undefined,
  });
  const submit = async (): Promise<void> => {
    const body = sent(draft);
    await (given ? updateApplication(body) : createApplication(body));
    toast({ tone: 'good', text: given ? `${body.name} is changed.` : `${body.name} is made.` });
    onDone?.(body.name);
  };
  return (
    <FormDialog
      title={given ? `Edit ${given.name}` : 'New application'}
      action={given ? 'Save' : 'Create'}
      onSubmit={submit}
      onClose={onClose}
      isReady={Object.keys(wrong).length === 0}
    >
      {!given && <TextField label="Name" isRequired autoFocus description="As clouds have it in the names of clusters. It cannot be changed." {...field('name')} />}
      <TextField label="Owner's e-mail" type="email" isRequired {...field('email')} />
      <TextField label="Description" rows={2} {...field('description')} />
      {providers.length > 0 && (
        <fieldset className={styles.set}>
          <legend>Cloud providers</legend>
          {providers.map((name) => (
            <Checkbox
              key={name}
              isSelected={draft.cloudProviders.includes(name)}
              onChange={(on) => setDraft({ ...draft, cloudProviders: on ? [...draft.cloudProviders, name] : draft.cloudProviders.filter((one) => one !== name) })}
            >
              {name}
            </Checkbox>
          ))}
        </fieldset>
      )}
      <div className={styles.row}>
        <TextField label="Port of its instances" description="For links to them." {...field('instancePort')} />
        <Select label="Sources" options={REPOSITORIES} value={draft.repoType as (typeof REPOSITORIES)[number]['value']} onChange={(repoType) => setDraft({ ...draft, repoType })} />
      </div>
      {draft.repoType !== 'none' && (
        <div className={styles.row}>
          <TextField label="Project or owner" {...field('repoProjectKey')} />
          <TextField label="Repository" {...field('repoSlug')} />
        </div>
      )}
    </FormDialog>
  );
}
