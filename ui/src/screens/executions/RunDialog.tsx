/** The start of a pipeline by hand: which one, with which parameters. What was typed is remembered for the next time. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { pipelineConfigs } from '../../gate/configs';
import { startPipeline } from '../../gate/executions';
import type { Execution, Fields, Parameter, PipelineConfig } from '../../gate/wire';
import { FormDialog } from '../../parts/Dialog';
import { Checkbox, Select, TextField } from '../../parts/Field';
import { Prose } from '../../parts/Text';
import { toast } from '../../parts/Toasts';
import { initial, problems, remember, remembered, type Typed } from './parameters';
import styles from './RunDialog.module.css';

/** What the dialog begins with. */
export interface Start {
  /** The pipeline; the user chooses where there is none. */
  readonly pipelineId?: string | undefined;
  /** The run whose parameters are taken. */
  readonly like?: Execution;
}

/** The dialog. */
export function RunDialog({ application, start, onClose }: { application: string; start: Start; onClose: () => void }) {
  const configs = useQuery(pipelineConfigs(application));
  const [chosen, setChosen] = useState(start.pipelineId ?? start.like?.pipelineConfigId);
  const all = configs.data ?? [];
  const config = all.find(({ id, name }) => id === chosen || name === chosen);
  const options = all.filter(({ disabled }) => !disabled).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <RunForm
      key={config?.id ?? ''}
      application={application}
      config={config}
      before={start.like?.trigger.parameters}
      onClose={onClose}
      choice={start.like === undefined && <Select label="Pipeline" options={options} value={config?.id} onChange={setChosen} placeholder={configs.isPending ? 'Loading …' : 'Choose a pipeline'} />}
    />
  );
}

function RunForm({
  application,
  config,
  before,
  choice,
  onClose,
}: {
  application: string;
  config: PipelineConfig | undefined;
  before: Fields | undefined;
  choice: React.ReactNode;
  onClose: () => void;
}) {
  const parameters = config?.parameterConfig ?? [];
  const [typed, setTyped] = useState<Typed>(() => initial(parameters, before ?? (config ? remembered(config.id) : {})));
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const [dryRun, setDryRun] = useState(false);
  const wrong = problems(parameters, typed);
  const submit = async (): Promise<void> => {
    if (!config) return;
    remember(config.id, typed);
    const trigger: Fields = { type: 'manual', parameters: typed, ...(dryRun ? { dryRun: true } : {}) };
    await startPipeline(application, config.name, trigger);
    toast({ tone: 'good', text: `${config.name} is started.` });
  };
  return (
    <FormDialog
      title={config ? `Start ${config.name}` : 'Start a pipeline'}
      action="Start"
      onSubmit={submit}
      onClose={onClose}
      isReady={config !== undefined && Object.keys(wrong).length === 0}
    >
      {choice}
      {config?.description && <Prose>{config.description}</Prose>}
      {parameters.map((parameter, index) => (
        <ParameterField
          key={parameter.name}
          isFirst={index === 0}
          parameter={parameter}
          value={typed[parameter.name] ?? ''}
          error={seen.has(parameter.name) ? wrong[parameter.name] : undefined}
          onChange={(value) => setTyped({ ...typed, [parameter.name]: value })}
          onBlur={() => setSeen(new Set([...seen, parameter.name]))}
        />
      ))}
      {config && parameters.length === 0 && <p className="soft">This pipeline asks for no parameters.</p>}
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
