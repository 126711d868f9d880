/** The form that makes or changes a project. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { accounts } from '../../gate/accounts';
import { applications } from '../../gate/applications';
import { type Project, projects, saveProject } from '../../gate/projects';
import { pipelineNames } from '../../gate/search';
import { Button, IconButton } from '../../parts/Button';
import { FormDialog } from '../../parts/Dialog';
import { Select, TextField } from '../../parts/Field';
import { sentence } from '../../parts/sentence';
import { toast } from '../../parts/Toasts';
import { Choices } from './Choices';
import { type ClusterDraft, type Draft, draftOf, nothing, offered, problems, sent, withoutApplication } from './model';
import styles from './ProjectForm.module.css';

/** A dialog with the form; `given` is the project that is changed. */
export function ProjectForm({ given, onClose, onDone }: { given?: Project; onClose: () => void; onDone: (name: string) => Promise<void> }) {
  const [draft, setDraft] = useState<Draft>(() => (given ? draftOf(given) : nothing));
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const known = useQuery(projects);
  const all = useQuery(applications);
  const pipelines = useQuery({ ...pipelineNames, enabled: draft.applications.length > 0 });
  const others = (known.data ?? []).filter(({ id }) => id !== given?.id).map(({ name }) => name);
  const wrong = problems(draft, others);
  const field = (name: 'name' | 'email') => ({
    value: draft[name],
    onChange: (value: string) => setDraft({ ...draft, [name]: value }),
    onBlur: () => setSeen(new Set([...seen, name])),
    error: seen.has(name) ? wrong[name] : undefined,
  });
  const choices = offered(pipelines.data ?? [], draft.applications);
  const submit = async (): Promise<void> => {
    const body = sent(draft, given);
    await saveProject(body);
    toast({ tone: 'good', text: given ? sentence`${body.name} is changed.` : sentence`${body.name} is made.` });
    await onDone(body.name);
  };
  return (
    <FormDialog
      title={given ? sentence`Edit ${given.name}` : 'New project'}
      action={given ? 'Save' : 'Create'}
      onSubmit={submit}
      onClose={onClose}
      isReady={Object.keys(wrong).length === 0}
      wide
    >
      <div className={styles.pair}>
        <TextField label="Name" isRequired autoFocus {...field('name')} />
        <TextField label="Owner's e-mail" type="email" isRequired {...field('email')} />
      </div>
      <Choices
        label="Applications"
        offered={(all.data ?? []).map(({ name }) => ({ value: name, label: name }))}
        chosen={draft.applications}
        onAdd={(name) => setDraft({ ...draft, applications: [...draft.applications, name] })}
        onRemove={(name) => setDraft(withoutApplication(draft, name))}
      />
      <Clusters draft={draft} wrong={wrong} onChange={(clusters) => setDraft({ ...draft, clusters })} />
      {draft.applications.length > 0 && (
        <Choices
          label="Pipelines"
          offered={choices.map(({ id, name, application }) => ({ value: id, label: `${application}: ${name}` }))}
          chosen={draft.pipelines.map(({ pipelineConfigId }) => pipelineConfigId)}
          onAdd={(id) => {
            const found = choices.find((one) => one.id === id);
            if (found) setDraft({ ...draft, pipelines: [...draft.pipelines, { application: found.application, pipelineConfigId: id }] });
          }}
          onRemove={(id) => setDraft({ ...draft, pipelines: draft.pipelines.filter(({ pipelineConfigId }) => pipelineConfigId !== id) })}
        />
      )}
    </FormDialog>
  );
}

function Clusters({ draft, wrong, onChange }: { draft: Draft; wrong: Readonly<Record<string, string>>; onChange: (clusters: ClusterDraft[]) => void }) {
  const known = useQuery(accounts);
  const { clusters } = draft;
  const names = [...new Set([...(known.data ?? []).map(({ name }) => name), ...clusters.map(({ account }) => account)])].filter((name) => name !== '');
  const change = (index: number, part: Partial<ClusterDraft>): void => onChange(clusters.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <fieldset className={styles.set}>
      <legend>Clusters</legend>
      <p className="soft">What the dashboard counts instances of. * is any stack or detail; empty is none.</p>
      {clusters.map((cluster, index) => (
        <div className={styles.cluster} key={index} role="group" aria-label={`Cluster ${index + 1}`}>
          <div className={styles.grid}>
            <Select label="Account" isRequired options={names.map((name) => ({ value: name, label: name }))} value={cluster.account === '' ? undefined : cluster.account} onChange={(account) => change(index, { account })} error={wrong[`clusters.${index}.account`]} />
            <TextField label="Stack" value={cluster.stack} onChange={(stack) => change(index, { stack })} />
            <TextField label="Detail" value={cluster.detail} onChange={(detail) => change(index, { detail })} />
          </div>
          <Choices
            label="Of these applications only"
            offered={draft.applications.map((name) => ({ value: name, label: name }))}
            chosen={cluster.applications}
            error={wrong[`clusters.${index}.applications`]}
            onAdd={(name) => change(index, { applications: [...cluster.applications, name] })}
            onRemove={(name) => change(index, { applications: cluster.applications.filter((one) => one !== name) })}
          />
          <div className={styles.end}>
            <IconButton label={`Remove cluster ${index + 1}`} icon="trash" onPress={() => onChange(clusters.filter((_, at) => at !== index))} />
          </div>
        </div>
      ))}
      <div>
        <Button icon="plus" isDisabled={known.isPending} onPress={() => onChange([...clusters, { account: names.length === 1 ? (names[0] ?? '') : '', stack: '*', detail: '*', applications: [] }])}>
          Add clusters
        </Button>
      </div>
    </fieldset>
  );
}
