/** What the pipeline on the screen would do if it were started now; nothing is started, and it need not be saved. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { planPipeline } from '../../gate/configs';
import { GateError } from '../../gate/errors';
import type { Plan } from '../../gate/plan';
import type { Parameter } from '../../gate/wire';
import { Dialog } from '../../parts/Dialog';
import { TextField } from '../../parts/Field';
import { sentence } from '../../parts/sentence';
import { Answer } from '../../parts/States';
import { StatusDot, type Tone } from '../../parts/Status';
import { Moment } from '../../parts/Time';
import type { Session } from './session';
import styles from './Workbench.module.css';

const LOOKS: Record<Plan['outcome'], { tone: Tone; word: string }> = {
  RUNS: { tone: 'good', word: 'runs' },
  WAITS: { tone: 'waiting', word: 'waits' },
  SKIPPED: { tone: 'stopped', word: 'is skipped' },
  FAILS: { tone: 'bad', word: 'fails' },
  UNREACHED: { tone: 'idle', word: 'is not reached' },
  UNKNOWN: { tone: 'idle', word: 'cannot be told' },
};

/** The dialog. */
export function PlanDialog({ session, onClose }: { session: Session; onClose: () => void }) {
  const { pipeline } = session;
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(() => defaults(pipeline.parameterConfig));
  const trigger = { type: 'manual', parameters: typed };
  const query = useQuery({
    queryKey: ['plan', pipeline, typed],
    queryFn: ({ signal }) => planPipeline({ ...pipeline, trigger }, signal),
    gcTime: 0,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
  const isMissing = query.error instanceof GateError && (query.error.kind === 'unsupported' || query.error.status === 404 || query.error.status === 405);
  return (
    <Dialog title={sentence`What ${pipeline.name} would do`} onClose={onClose} wide>
      <div className={styles.stack}>
        {pipeline.parameterConfig.map(({ name, label }) => (
          <TextField key={name} label={label || name} value={typed[name] ?? ''} onChange={(value) => setTyped({ ...typed, [name]: value })} />
        ))}
        {isMissing ? (
          <p>This gate cannot say ahead what a pipeline would do.</p>
        ) : (
          <Answer query={query} what="plan">
            {(plan) => (
              <section aria-label="Plan" className={styles.stack}>
                <Head plan={plan} />
                <ol className={styles.plan}>
                  {(plan.steps ?? []).map((stage, index) => (
                    <li key={stage.refId ?? index}>
                      <Part plan={stage} isOpen={(plan.steps ?? []).length < 12} />
                    </li>
                  ))}
                </ol>
                {(plan.steps ?? []).length === 0 && <p className="soft">It has no stage that could run.</p>}
              </section>
            )}
          </Answer>
        )}
      </div>
    </Dialog>
  );
}

/** A part with what is in it. */
function Part({ plan, isOpen = false }: { plan: Plan; isOpen?: boolean }) {
  const parts = [...(plan.before ?? []), ...(plan.steps ?? []), ...(plan.after ?? [])];
  if (parts.length === 0) return <Head plan={plan} />;
  return (
    <details open={isOpen || failsWithin(plan)}>
      <summary>
        <Line plan={plan} />
      </summary>
      <Remarks plan={plan} />
      <ol className={styles.plan}>
        {parts.map((one, index) => (
          <li key={`${one.refId ?? ''} ${one.name ?? ''} ${index}`}>
            <Part plan={one} isOpen={one.of === 'OPERATION'} />
          </li>
        ))}
      </ol>
    </details>
  );
}

function Head({ plan }: { plan: Plan }) {
  return (
    <div>
      <Line plan={plan} />
      <Remarks plan={plan} />
    </div>
  );
}

function Line({ plan }: { plan: Plan }) {
  const { tone, word } = LOOKS[plan.outcome] ?? LOOKS.UNKNOWN;
  const type = plan.of === 'TASK' ? undefined : plan.type;
  return (
    <span className={styles.planLine}>
      <StatusDot tone={tone} label={`It ${word}`} />
      <bdi className={styles.planName}>{plan.name ?? plan.type ?? 'the pipeline'}</bdi>
      {type !== undefined && type !== plan.name && <bdi className="soft">{type}</bdi>}
      <span className="soft">{word}</span>
    </span>
  );
}

function Remarks({ plan }: { plan: Plan }) {
  const { remarks = [], waits = [], unresolved = [] } = plan;
  if (remarks.length + waits.length + unresolved.length === 0) return null;
  return (
    <ul className={styles.remarks}>
      {remarks.map(({ severity, message }) => (
        <li key={message} data-severity={severity} dir="auto">
          {message}
        </li>
      ))}
      {waits.map(({ message, until }) => (
        <li key={message} dir="auto">
          {message}
          {until !== undefined && (
            <>
              {' until '}
              <Moment at={until} />
            </>
          )}
        </li>
      ))}
      {unresolved.map(({ expression, reason }) => (
        <li key={expression}>
          <code>{expression}</code> <bdi>{reason}</bdi>
        </li>
      ))}
    </ul>
  );
}

function failsWithin(plan: Plan): boolean {
  return [...(plan.before ?? []), ...(plan.steps ?? []), ...(plan.after ?? [])].some((one) => one.outcome === 'FAILS' || failsWithin(one));
}

function defaults(parameters: readonly Parameter[]): Record<string, string> {
  return Object.fromEntries(parameters.map(({ name, default: value }) => [name, value === undefined || value === null ? '' : String(value)]));
}
