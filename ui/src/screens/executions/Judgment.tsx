/** A judgment that waits for an answer. */
import { useState } from 'react';

import { patchStage } from '../../gate/executions';
import type { Execution, Stage } from '../../gate/wire';
import { Button } from '../../parts/Button';
import { Select } from '../../parts/Field';
import { Markdown } from '../../parts/Markdown';
import { Refusal } from '../../parts/States';
import { toast } from '../../parts/Toasts';
import styles from './Judgment.module.css';

/** The question with its answers. */
export function Judgment({ execution, stage }: { execution: Execution; stage: Stage }) {
  const [input, setInput] = useState<string>();
  const [sending, setSending] = useState<'continue' | 'stop'>();
  const [error, setError] = useState<unknown>();
  const inputs = inputsOf(stage);
  const instructions = stage.context['instructions'];
  const answer = (judgmentStatus: 'continue' | 'stop'): void => {
    setSending(judgmentStatus);
    setError(undefined);
    patchStage(execution.id, stage.id, { judgmentStatus, ...(input === undefined ? {} : { judgmentInput: input }) }).then(
      () => toast({ tone: 'good', text: judgmentStatus === 'continue' ? 'The run goes on.' : 'The run is stopped.' }),
      (reason: unknown) => {
        setError(reason);
        setSending(undefined);
      },
    );
  };
  return (
    <div className={styles.judgment} role="group" aria-label={`Judgment of ${stage.name}`}>
      {typeof instructions === 'string' && instructions !== '' ? <Markdown>{instructions}</Markdown> : <p>Is this run to go on?</p>}
      <div className={styles.answers}>
        {inputs.length > 0 && (
          <div className={styles.input}>
            <Select label="Judgment input" unlabelled placeholder="Choose an input" options={inputs.map((value) => ({ value, label: value }))} value={input} onChange={setInput} />
          </div>
        )}
        <Button look="primary" icon="check" isDisabled={sending !== undefined || (inputs.length > 0 && input === undefined)} onPress={() => answer('continue')}>
          {labelOf(stage, 'continueButtonLabel', 'Continue')}
        </Button>
        <Button icon="stop" isDisabled={sending !== undefined} onPress={() => answer('stop')}>
          {labelOf(stage, 'stopButtonLabel', 'Stop')}
        </Button>
      </div>
      {error !== undefined && <Refusal error={error} />}
    </div>
  );
}

function inputsOf(stage: Stage): string[] {
  const inputs = stage.context['judgmentInputs'];
  if (!Array.isArray(inputs)) return [];
  return inputs.map((one: { value?: unknown }) => String(one.value ?? '')).filter((value) => value !== '');
}

function labelOf(stage: Stage, name: string, otherwise: string): string {
  const label = stage.context[name];
  return typeof label === 'string' && label !== '' ? label : otherwise;
}
