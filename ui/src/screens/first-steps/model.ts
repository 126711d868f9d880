/** The first steps: what they make, and the commands that do the same. */
import type { Account, StageConfig } from '../../gate/wire';

/** The application that the steps make. */
export const APPLICATION = 'hello';
/** Its pipeline. */
export const PIPELINE = 'First steps';
/** The name of the provider that runs processes on a machine. */
const LOCAL = 'local';

/** The account of the local provider, if there is one that can be used. */
export function localAccount(accounts: readonly Account[]): string | undefined {
  return accounts.find((account) => account.cloudProvider === LOCAL && account['authorized'] !== false && account['enabled'] !== false)?.name;
}

/**
 * The stages: a question, and then a process that is deployed to the local account, one that any machine has. Without such
 * an account it waits instead.
 */
export function stagesFor(account: string | undefined): StageConfig[] {
  const ask: StageConfig = {
    refId: '1',
    requisiteStageRefIds: [],
    type: 'manualJudgment',
    name: 'Go on?',
    instructions: `Press **Continue**: then the pipeline ${account === undefined ? 'waits three seconds and ends' : `starts a process on the account \`${account}\``}.`,
    failPipeline: true,
  };
  if (account === undefined) return [ask, { refId: '2', requisiteStageRefIds: ['1'], type: 'wait', name: 'Wait', waitTime: 3 }];
  const cluster = {
    account,
    cloudProvider: LOCAL,
    application: APPLICATION,
    region: LOCAL,
    capacity: { min: 1, max: 1, desired: 1 },
    command: 'sh',
    arguments: ['-c', 'echo Hello; exec sleep 100000'],
    healthCheck: { type: 'process' },
  };
  return [ask, { refId: '2', requisiteStageRefIds: ['1'], type: 'deploy', name: 'Deploy', clusters: [cluster] }];
}

/** The pipeline as it is saved. */
export function pipelineFor(account: string | undefined): { application: string; name: string; description: string; stages: StageConfig[] } {
  return { application: APPLICATION, name: PIPELINE, description: 'Asks a person, and goes on when he says so.', stages: stagesFor(account) };
}

/** What is wrong with an address of an owner. */
export function emailProblem(email: string): string | undefined {
  return /^[^\s@]+@[^\s@]+$/.test(email.trim()) ? undefined : 'Write an address such as you@example.com.';
}

/** The commands of the three steps, for a gate at this address. */
export function commands(gateUrl: string, email: string, account: string | undefined): readonly [string, string, string] {
  const at = gateUrl === 'http://localhost:8084' ? '' : ` --gate ${gateUrl}`;
  const owner = emailProblem(email) === undefined && !email.includes("'") ? email.trim() : 'you@example.com';
  const providers = account === undefined ? '' : ` --cloud-providers ${LOCAL}`;
  return [
    `gennaker${at} app save --name ${APPLICATION} --email '${owner}'${providers}`,
    `cat > first.json <<'JSON'\n${JSON.stringify(pipelineFor(account), null, 2)}\nJSON\ngennaker${at} pipeline save --file first.json`,
    `gennaker${at} pipeline execute --application ${APPLICATION} --name '${PIPELINE}'`,
  ];
}
