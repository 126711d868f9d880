/** The way from an empty install to a run: three steps, each with a button that does it and the command that does the same. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { accounts } from '../../gate/accounts';
import { applications, createApplication } from '../../gate/applications';
import { pipelineConfigs, savePipeline } from '../../gate/configs';
import { startPipeline } from '../../gate/executions';
import { useFailure } from '../../gate/failing';
import { settings } from '../../gate/settings';
import type { ApplicationSummary } from '../../gate/wire';
import { Button } from '../../parts/Button';
import { TextField } from '../../parts/Field';
import { Icon } from '../../parts/Icon';
import { Answer, Failure, Refusal } from '../../parts/States';
import { APPLICATION, commands, emailProblem, localAccount, PIPELINE, pipelineFor } from './model';
import styles from './FirstSteps.module.css';

/** The steps. What is done is what gate has. `onMade` is called once the application is there. */
export function FirstSteps({ onMade }: { onMade?: () => void }) {
  const known = useQuery(applications);
  const clouds = useQuery(accounts);
  return (
    <Answer query={known} what="applications">
      {(all) => <Answer query={clouds} what="accounts">{(open) => <Steps all={all} account={localAccount(open)} onMade={onMade} />}</Answer>}
    </Answer>
  );
}

function Steps({ all, account, onMade }: { all: readonly ApplicationSummary[]; account: string | undefined; onMade: (() => void) | undefined }) {
  const navigate = useNavigate();
  const [email, setEmail] = useState('');
  const isMade = all.some(({ name }) => name.toLowerCase() === APPLICATION);
  const configs = useQuery({ ...pipelineConfigs(APPLICATION), enabled: isMade });
  const failure = useFailure(configs);
  const isSaved = isMade && configs.data?.some(({ name }) => name === PIPELINE) === true;
  const [create, save, run] = commands(settings.gateUrl, email, account);
  const wrong = emailProblem(email);
  return (
    <ol className={styles.steps}>
      <Step
        title="Create an application"
        isDone={isMade}
        command={create}
        action={`Create ${APPLICATION}`}
        isReady={!isMade && wrong === undefined}
        onAct={async () => {
          await createApplication({ name: APPLICATION, email: email.trim(), description: 'The first steps', ...(account === undefined ? {} : { cloudProviders: 'local' }) });
          onMade?.();
        }}
      >
        <p>An application is what you deliver: its pipelines, what runs of it, and who owns it.</p>
        {!isMade && (
          <div className={styles.field}>
            <TextField label="Your e-mail address" type="email" isRequired value={email} onChange={setEmail} error={email === '' ? undefined : wrong} />
          </div>
        )}
      </Step>
      <Step title="Give it a pipeline" isDone={isSaved} command={save} action="Save the pipeline" isReady={isMade && configs.data !== undefined && !isSaved} onAct={() => savePipeline(pipelineFor(account)).then(() => {})}>
        <p>
          {account === undefined
            ? 'A pipeline is a graph of stages. This one asks a person and then waits: there is no account of the local provider that it could deploy to.'
            : `A pipeline is a graph of stages. This one asks a person, and then starts a process on the account ${account}: on the machine of its agent.`}
        </p>
        {failure !== null && <Failure error={failure} what="pipelines" />}
      </Step>
      <Step
        title="Run it"
        isDone={false}
        command={run}
        action="Run the pipeline"
        isReady={isSaved}
        onAct={async () => {
          const executionId = await startPipeline(APPLICATION, PIPELINE, { type: 'manual', parameters: {} });
          await navigate({ to: '/applications/$application/executions/details/$executionId', params: { application: APPLICATION, executionId } });
        }}
      >
        <p>Its screen shows each stage as it goes. The first one waits for your answer.</p>
      </Step>
    </ol>
  );
}

function Step({
  title,
  isDone,
  command,
  action,
  isReady,
  onAct,
  children,
}: {
  title: string;
  isDone: boolean;
  command: string;
  action: string;
  isReady: boolean;
  onAct: () => Promise<void>;
  children: ReactNode;
}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const act = (): void => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    onAct()
      .catch((reason: unknown) => setError(reason))
      .finally(() => setBusy(false));
  };
  return (
    <li className={styles.step} data-done={isDone || undefined}>
      <h3>
        {isDone && <Icon name="check" />}
        {title}
        {isDone && <span className="soft"> done</span>}
      </h3>
      {children}
      {!isDone && (
        <div className={styles.ways}>
          <Button look="primary" isDisabled={!isReady || busy} onPress={act}>
            {busy ? 'Working …' : action}
          </Button>
          <details>
            <summary>or in a terminal</summary>
            {/* A long text has to be reached by keyboard to be scrolled. */}
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <pre className={styles.command} tabIndex={0} aria-label={`Command: ${title}`}>
              {command}
            </pre>
          </details>
        </div>
      )}
      {error !== undefined && <Refusal error={error} />}
    </li>
  );
}
