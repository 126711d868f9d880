/** As what a pipeline is started, and what that asks for. */
import { useQuery } from '@tanstack/react-query';

import { executionsOf } from '../../gate/executions';
import { Select, TextField } from '../../parts/Field';
import { wordOf } from '../../parts/Status';
import { briefMoment } from '../../parts/time';
import { bornOf } from './filters';
import { initialOf, type TriggerChoice, type TriggerField, type TypedFields } from './startTrigger';

const OFFERED = 20;

/** The fields; nothing where there is only one choice. */
export function TriggerFields({
  choices,
  chosen,
  typed,
  errorOf,
  onChoose,
  onType,
}: {
  choices: readonly TriggerChoice[];
  chosen: TriggerChoice;
  typed: TypedFields;
  errorOf: (field: string) => string | undefined;
  onChoose: (key: string) => void;
  onType: (name: string, value: string) => void;
}) {
  if (choices.length < 2) return null;
  return (
    <>
      <Select label="Started as" options={choices.map(({ key, label }) => ({ value: key, label }))} value={chosen.key} onChange={onChoose} />
      {chosen.asks.map((field) => {
        const common = { label: field.label, description: field.description, isRequired: field.required, error: errorOf(field.name), value: typed[field.name] ?? initialOf(chosen, field) };
        if (field.kind === 'run') return <RunField key={field.name} field={field} value={common.value} error={common.error} onChange={(value) => onType(field.name, value)} />;
        return <TextField key={field.name} {...common} {...(field.kind === 'object' ? { rows: 4 } : {})} onChange={(value) => onType(field.name, value)} />;
      })}
    </>
  );
}

function RunField({ field, value, error, onChange }: { field: TriggerField; value: string; error: string | undefined; onChange: (value: string) => void }) {
  const runs = useQuery(executionsOf(field.pipeline ?? '', OFFERED));
  const options = (runs.data ?? []).toSorted((one, other) => bornOf(other) - bornOf(one)).map((run) => ({ value: run.id, label: `${briefMoment(bornOf(run))}, ${wordOf(run.status)}` }));
  const placeholder = runs.isPending ? 'Loading …' : options.length === 0 ? 'That pipeline has not run' : 'Choose a run';
  return <Select label={field.label} isRequired={field.required} error={error} options={options} value={value === '' ? undefined : value} onChange={onChange} placeholder={placeholder} isDisabled={options.length === 0} />;
}
