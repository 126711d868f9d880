/**
 * The start of a pipeline by hand: which one, as what, with which parameters and artifacts. What was typed is remembered for
 * the next time.
 */
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import { pipelineConfigs } from '../../gate/configs';
import { executionsOf, startPipeline } from '../../gate/executions';
import { useFailure } from '../../gate/failing';
import type { Execution, Parameter, PipelineConfig } from '../../gate/wire';
import { FormDialog } from '../../parts/Dialog';
import { Checkbox, Select, TextField } from '../../parts/Field';
import { sentence } from '../../parts/sentence';
import { Failure } from '../../parts/States';
import { Prose } from '../../parts/Text';
import { toast } from '../../parts/Toasts';
import { ArtifactFields } from './ArtifactFields';
import { initial, problems, remember, remembered, rememberedStart, rememberStart, type Typed } from './parameters';
import styles from './RunDialog.module.css';
import { type ArtifactChoice, artifactProblems, artifactsSent, expectedOf, initialChoice } from './startArtifacts';
import { type TriggerChoice, triggerChoices, triggerProblems, triggerSent, type TypedFields } from './startTrigger';
import { TriggerFields } from './TriggerFields';

/** What the dialog begins with. */
export interface Start {
  /** The pipeline; the user chooses where there is none. */
  readonly pipelineId?: string | undefined;
  /** The run that is repeated: its trigger, parameters and artifacts are taken. */
  readonly like?: Execution;
}

/** The dialog. */
export function RunDialog({ application, start, onClose }: { application: string; start: Start; onClose: () => void }) {
  const configs = useQuery(pipelineConfigs(application));
  const failure = useFailure(configs);
  const [chosen, setChosen] = useState(start.pipelineId ?? start.like?.pipelineConfigId);
  const all = configs.data ?? [];
  const config = all.find(({ id, name }) => id === chosen || name === chosen);
  const options = all.filter(({ disabled }) => !disabled).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <RunForm
      key={config?.id ?? ''}
      application={application}
      config={config}
      like={start.like}
      onClose={onClose}
      choice={
        <>
          {start.like === undefined && <Select label="Pipeline" options={options} value={config?.id} onChange={setChosen} placeholder={configs.data === undefined ? 'Loading …' : 'Choose a pipeline'} />}
          {failure !== null && <Failure error={failure} what="pipelines" />}
        </>
      }
    />
  );
}

function RunForm({
  application,
  config,
  like,
  choice,
  onClose,
}: {
  application: string;
  config: PipelineConfig | undefined;
  like: Execution | undefined;
  choice: React.ReactNode;
  onClose: () => void;
}) {
  const parameters = config?.parameterConfig ?? [];
  const last = useMemo(() => (config ? rememberedStart(config.id) : {}), [config]);
  const newest = useQuery({ ...executionsOf(config?.id ?? '', 1), enabled: like === undefined && (config?.expectedArtifacts ?? []).length > 0 });
  const choices = triggerChoices(config, like);
  const [key, setKey] = useState(like ? 'run' : last.trigger);
  const chosen = choices.find((one) => one.key === key) ?? choices[0] ?? BY_HAND;
  const [fields, setFields] = useState<TypedFields>(like ? {} : (last.fields ?? {}));
  const [typed, setTyped] = useState<Typed>(() => initial(parameters, like?.trigger.parameters ?? (config ? remembered(config.id) : {})));
  const [picked, setPicked] = useState<Readonly<Record<string, ArtifactChoice>>>({});
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const [dryRun, setDryRun] = useState(false);
  const expected = expectedOf(config, like ?? newest.data?.[0]);
  const artifacts = Object.fromEntries(expected.map((one) => [one.id, picked[one.id] ?? initialChoice(one, last.artifacts?.[one.id], like !== undefined)]));
  const wrong = { ...problems(parameters, typed), ...prefixed('trigger.', triggerProblems(chosen, fields)), ...prefixed('artifact.', artifactProblems(expected, artifacts)) };
  const errorOf = (prefix: string) => (name: string) => (seen.has(prefix) ? wrong[prefix + name] : undefined);
  const see = (name: string): void => setSeen((before) => new Set([...before, name]));
  const submit = async (): Promise<void> => {
    if (!config) return;
    remember(config.id, typed);
    rememberStart(config.id, { trigger: chosen.key, fields, artifacts: picked });
    const given = artifactsSent(expected, artifacts);
    const sent = triggerSent(chosen, fields);
    // What is chosen for an artifact goes before what the run that is repeated had.
    if (expected.length > 0 || given.length > 0) sent['artifacts'] = given;
    await startPipeline(application, config.name, { ...sent, parameters: typed, ...(dryRun ? { dryRun: true } : {}) });
    toast({ tone: 'good', text: sentence`${config.name} is started.` });
  };
  return (
    <FormDialog
      title={config ? sentence`Start ${config.name}` : 'Start a pipeline'}
      action="Start"
      onSubmit={submit}
      onClose={onClose}
      isReady={config !== undefined && Object.keys(wrong).length === 0}
    >
      {choice}
      {config?.description && <Prose>{config.description}</Prose>}
      {config && (
        <TriggerFields
          choices={choices}
          chosen={chosen}
          typed={fields}
          errorOf={errorOf('trigger.')}
          onChoose={(next) => {
            setKey(next);
            setFields({});
          }}
          onType={(name, value) => {
            setFields({ ...fields, [name]: value });
            see('trigger.');
          }}
        />
      )}
      {parameters.map((parameter, index) => (
        <ParameterField
          key={parameter.name}
          isFirst={index === 0}
          parameter={parameter}
          value={typed[parameter.name] ?? ''}
          error={seen.has(parameter.name) ? wrong[parameter.name] : undefined}
          onChange={(value) => setTyped({ ...typed, [parameter.name]: value })}
          onBlur={() => see(parameter.name)}
        />
      ))}
      {config && parameters.length === 0 && <p className="soft">This pipeline asks for no parameters.</p>}
      <ArtifactFields
        all={expected}
        chosen={artifacts}
        errorOf={errorOf('artifact.')}
        onChange={(id, next) => {
          setPicked({ ...picked, [id]: next });
          see('artifact.');
        }}
      />
      {config && (
        <details className={styles.more}>
          <summary>More</summary>
          <Checkbox isSelected={dryRun} onChange={setDryRun}>
            Dry run: walk through the stages and change nothing
          </Checkbox>
        </details>
      )}
    </FormDialog>
  );
}

const BY_HAND: TriggerChoice = { key: 'manual', label: 'By hand', trigger: { type: 'manual' }, asks: [] };

function prefixed(prefix: string, found: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(found).map(([name, sentence]) => [prefix + name, sentence]));
}

function ParameterField({
  parameter,
  isFirst,
  value,
  error,
  onChange,
  onBlur,
}: {
  parameter: Parameter;
  /** Whether the keyboard begins here. */
  isFirst: boolean;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
  onBlur: () => void;
}) {
  const common = { label: parameter.label || parameter.name, description: parameter.description, error, isRequired: parameter.required ?? false };
  if (parameter.hasOptions) {
    const options = (parameter.options ?? []).map((option) => ({ value: option.value, label: option.value }));
    return <Select {...common} options={options} value={value === '' ? undefined : value} onChange={onChange} />;
  }
  return <TextField {...common} value={value} onChange={onChange} onBlur={onBlur} autoFocus={isFirst} />;
}
