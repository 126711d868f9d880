/** The value that a text with expressions has in a past run, or why it has none. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { messageOf } from '../../../gate/errors';
import { errorsOf, evaluated } from '../../../gate/expressions';
import { Button } from '../../../parts/Button';
import { Select } from '../../../parts/Field';
import { moment } from '../../../parts/time';
import styles from './forms.module.css';
import { useScope } from './scope';
import { textOf } from './values';

/** Milliseconds without a key until what is typed is tried. */
const PAUSE = 350;

/** Whether the preview is open; then the value, live as the text changes. */
export function Preview({ text, label }: { text: string; label: string }) {
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) {
    return (
      <div className={styles.try}>
        <Button look="quiet" icon="play" onPress={() => setOpen(true)} aria-label={`Try it: ${label}`}>
          Try it
        </Button>
      </div>
    );
  }
  return <Tried text={text} label={label} onClose={() => setOpen(false)} />;
}

function Tried({ text, label, onClose }: { text: string; label: string; onClose: () => void }) {
  const { runs, run, choose, stage } = useScope();
  const settled = useSettled(text);
  // As the stage itself saw it, if it was there then.
  const there = run?.stages.find((one) => stage !== undefined && one.refId === stage.refId && !one.parentStageId);
  const answer = useQuery({ ...evaluated(run?.id ?? '', there?.id, settled), enabled: run !== undefined, placeholderData: keepPreviousData });
  const errors = answer.isError ? [messageOf(answer.error)] : answer.data ? errorsOf(answer.data) : [];
  return (
    <section className={styles.preview} aria-label={`${label} in a past run`}>
      {run === undefined ? (
        <p className="soft">There is no run yet that it could be tried on.</p>
      ) : (
        <>
          <Select
            label="In the run of"
            options={runs.map((one) => ({ value: one.id, label: `${moment(one.startTime ?? one.buildTime ?? 0)}, ${one.status.toLowerCase()}` }))}
            value={run.id}
            onChange={choose}
          />
          <div role="status">
            {errors.map((error) => (
              <p key={error} className={styles.wrong}>
                {error}
              </p>
            ))}
            {errors.length === 0 && answer.data && <pre className={styles.value}>{textOf(answer.data.result) || 'Nothing: an empty text.'}</pre>}
          </div>
        </>
      )}
      <Button look="quiet" onPress={onClose}>
        Close
      </Button>
    </section>
  );
}

function useSettled(text: string): string {
  const [settled, settle] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => settle(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
