/** `#/applications/A/executions/create`: a new pipeline or strategy, empty, like another, or made of a template. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';

import { pipelineConfigs, savePipeline, strategyConfigs } from '../../gate/configs';
import { GateError } from '../../gate/errors';
import { useFailure } from '../../gate/failing';
import { nameOf, referenceOf, type Template, templates } from '../../gate/templates';
import type { PipelineConfig } from '../../gate/wire';
import { Button, ButtonLink } from '../../parts/Button';
import { Select, TextField } from '../../parts/Field';
import { Page } from '../../parts/Page';
import { sentence } from '../../parts/sentence';
import { Failure, Loading, Refusal } from '../../parts/States';
import { toast } from '../../parts/Toasts';
import styles from './CreatePipeline.module.css';
import { empty, type Pipeline, pipelineOf } from './model';
import { nameProblem } from './names';

const route = getRouteApi('/applications/$application/executions/create');

/** The screen. */
export function CreatePipeline() {
  const { application } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const pipelines = useQuery(pipelineConfigs(application));
  const strategies = useQuery(strategyConfigs(application));
  const made = useQuery(templates);
  const [name, setName] = useState('');
  const [seen, setSeen] = useState(false);
  const [kind, setKind] = useState<'pipeline' | 'strategy'>(search.strategy === 'true' ? 'strategy' : 'pipeline');
  const [from, setFrom] = useState(search.copy ? `copy ${search.copy}` : search.template ? `template ${search.template}` : 'nothing');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const own = kind === 'strategy' ? strategies : pipelines;
  const ownFails = useFailure(own);
  const templatesFail = useFailure(made);
  // An older gate has no templates.
  const failure = ownFails ?? (templatesFail instanceof GateError && templatesFail.isPassing ? templatesFail : null);
  const there = own.data ?? [];
  const given = { application, name: name.trim(), kind, copied: there.find(({ id }) => from === `copy ${id}`), template: (made.data ?? []).find(({ id }) => from === `template ${id}`) };
  // What it is to be made of is in none of the lists: they are not here yet, or it is gone.
  const isUnknown = from !== 'nothing' && given.copied === undefined && given.template === undefined;
  const isLoading = own.isPending || (from.startsWith('template ') && made.isPending);
  const wrong = nameProblem(name, there.map((one) => one.name));
  const offered = [
    { value: 'nothing', label: 'Nothing: no stage yet' },
    ...there.map((one) => ({ value: `copy ${one.id}`, label: sentence`Like ${one.name}` })),
    ...(kind === 'pipeline' ? (made.data ?? []).map((one) => ({ value: `template ${one.id}`, label: sentence`The template ${nameOf(one)}` })) : []),
  ];
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setSeen(true);
    if (busy || wrong !== undefined || isUnknown) return;
    setBusy(true);
    setError(undefined);
    try {
      const saved = await savePipeline(begun(given));
      toast({ tone: 'good', text: sentence`${saved.name} is made.` });
      await navigate({ to: '/applications/$application/executions/configure/$pipelineId', params: { application, pipelineId: saved.id }, search: { new: '1' }, replace: true });
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  return (
    <Page label="New pipeline">
      <form className={styles.form} onSubmit={(event) => void send(event)} noValidate>
        <h2>{kind === 'strategy' ? 'New deployment strategy' : 'New pipeline'}</h2>
        <TextField label="Name" value={name} onChange={setName} onBlur={() => setSeen(name !== '')} error={seen ? wrong : undefined} isRequired autoFocus />
        <Select
          label="Kind"
          value={kind}
          onChange={(next) => {
            setKind(next);
            setFrom('nothing');
          }}
          options={[
            { value: 'pipeline', label: 'Pipeline' },
            { value: 'strategy', label: 'Deployment strategy' },
          ]}
          description={kind === 'strategy' ? 'A deploy stage runs it in the place of red/black and the like.' : undefined}
        />
        <Select
          label="Made of"
          value={isUnknown ? undefined : from}
          onChange={setFrom}
          options={offered}
          placeholder={isLoading ? 'Loading …' : 'Choose'}
          error={isUnknown && !isLoading && failure === null ? 'It is not there any more: choose something else.' : undefined}
        />
        {isLoading && failure === null && <Loading what="what it can be made of" />}
        {failure !== null && <Failure error={failure} what="list of what it can be made of" />}
        {error !== undefined && <Refusal error={error} />}
        <div className={styles.actions}>
          <ButtonLink to="/applications/$application/executions" params={{ application }}>
            Cancel
          </ButtonLink>
          <Button type="submit" look="primary">
            {busy ? 'Working …' : 'Create'}
          </Button>
        </div>
      </form>
    </Page>
  );
}

interface Given {
  application: string;
  name: string;
  kind: 'pipeline' | 'strategy';
  copied: PipelineConfig | undefined;
  template: Template | undefined;
}

/** What is saved at first. */
function begun({ application, name, kind, copied, template }: Given): Pipeline {
  const strategy = kind === 'strategy' ? { strategy: true } : {};
  if (template) {
    return { ...empty(application, name), schema: 'v2', type: 'templatedPipeline', template: referenceOf(template), variables: {}, exclude: [] };
  }
  if (!copied) return { ...empty(application, name), ...strategy };
  // What is its own: its id, its place, when it was saved; a lock would keep the copy from being changed.
  const { id: _id, index: _index, updateTs: _time, lastModifiedBy: _by, locked: _lock, ...rest } = pipelineOf(copied);
  return { ...(rest as Pipeline), application, name, ...strategy, triggers: rest.triggers.map(({ id: _id, ...trigger }) => trigger) };
}
