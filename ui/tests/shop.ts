/** An application with everything in it, as the pictures of `screens` show it: a shop that is at work. */
import { clusterOf, deployVersion, groupsOf, makeDelivery, task } from './greeter';
import { ask, makeApplication, savePipeline, startPipeline, untilRun } from './support';
import type { World } from './table';

/** The shop, and what its further pictures need. */
export interface Shop extends World {
  /** A run that failed. */
  readonly failed: string;
  /** Two runs of one pipeline that are over. */
  readonly over: string;
  readonly again: string;
  /** An application without anything. */
  readonly bare: string;
}

const NAME = 'storefront';
const NEIGHBOURS: Readonly<Record<string, string>> = {
  billing: 'Invoices & <script>alert(1)</script>',
  search: 'مرحبا 🎉',
  identity: 'Who is who',
  catalogue: `Everything that is for sale ${'and more '.repeat(40)}`,
};
const DEPLOY = 'Deploy to production';
const CHECKS = 'Nightly checks';
const WORKER = 'Deploy the worker';

/** Makes it. It takes as long as three server groups need to start. */
export async function makeShop(): Promise<Shop> {
  const neighbours = Object.entries(NEIGHBOURS).map(([name, description]) => makeApplication(name, description));
  await Promise.all([...neighbours, makeDelivery(NAME)]);
  await task(NAME, 'Describe storefront', { type: 'updateApplication', application: ATTRIBUTES });
  const ids = await savePipelines();
  const [runs] = await Promise.all([runPipelines(), deploy()]);
  await task(NAME, 'Create firewall storefront-office', {
    type: 'upsertSecurityGroup',
    name: 'storefront-office',
    securityGroupName: 'storefront-office',
    regions: ['local'],
    ipIngress: [{ cidr: '10.0.0.0/8', startPort: 8000, endPort: 8099 }],
  });
  await task(NAME, 'Run job migrate', { type: 'runJob', cloudProviderType: 'local', application: NAME, stack: 'migrate', command: '/bin/echo', arguments: ['Tables are up to date.'] });
  await makeProjects(ids);
  const groups = await groupsOf(NAME);
  const [done] = await ask<{ id: string }[]>('GET', `/applications/${NAME}/tasks?limit=1`);
  const [job] = await ask<{ name: string }[]>('GET', `/applications/${NAME}/jobs`);
  return {
    application: NAME,
    pipeline: DEPLOY,
    pipelineId: ids.find(({ name }) => name === DEPLOY)?.id ?? '',
    run: runs.waits,
    stage: 'Release?',
    task: done?.id ?? '',
    group: `${NAME}-v001`,
    instance: groups.find(({ name }) => name === `${NAME}-v001`)?.instances[0]?.id ?? '',
    balancer: NAME,
    firewall: 'storefront-office',
    job: job?.name ?? '',
    project: 'Shop front',
    failed: runs.failed,
    over: runs.over,
    again: runs.again,
    bare: 'search',
  };
}

const ATTRIBUTES = {
  name: NAME,
  email: 'storefront@example.com',
  description: 'What customers see',
  trafficGuards: [{ account: 'local', location: '*', stack: 'prod', detail: '*', enabled: true }],
  instanceLinks: [{ title: 'Logs', links: [{ title: 'Today', path: '/logs' }] }],
  customBanners: [{ enabled: true, text: 'The shop is closed for changes until Monday.', backgroundColor: 'var(--color-warning)', textColor: 'var(--color-text-on-dark)' }],
};

const wait = (name: string, waitTime: number, ...after: string[]) => ({ type: 'wait', name, waitTime, ...(after.length === 0 ? {} : { requisiteStageRefIds: after }) });

async function savePipelines(): Promise<{ id: string; name: string; application: string }[]> {
  const instructions = 'Look at the dashboards of the canary first.\nContinue only if errors stay under 0.1 %.';
  const stages = [
    wait('Bake', 1),
    wait('Deploy canary', 1, '1'),
    wait('Smoke tests', 1, '1'),
    { type: 'manualJudgment', name: 'Release?', instructions, requisiteStageRefIds: ['2', '3'] },
    wait('Deploy eu-west-1', 600, '4'),
    wait('Deploy us-east-1', 600, '4'),
    wait('Announce', 1, '5', '6'),
  ];
  const parameterConfig = [
    { name: 'version', label: 'Version', required: true, description: 'The tag of the image.' },
    { name: 'region', hasOptions: true, options: [{ value: 'eu' }, { value: 'us' }], default: 'eu' },
  ];
  const triggers = [{ type: 'git', enabled: true, source: 'github', project: 'acme', slug: NAME, branch: 'main' }];
  const notifications = [{ type: 'email', address: 'crew@example.com', level: 'pipeline', when: ['pipeline.failed'] }];
  const image = { type: 'docker/image', name: 'registry.example.com/storefront' };
  const defaultArtifact = { ...image, reference: `${image.name}:2.4.0`, version: '2.4.0' };
  const expectedArtifacts = [{ id: 'image', displayName: 'The image', matchArtifact: image, defaultArtifact, useDefaultArtifact: true, usePriorArtifact: true }];
  await savePipeline(NAME, DEPLOY, stages, { index: 0, parameterConfig, triggers, notifications, expectedArtifacts });
  const broken = { type: 'checkPreconditions', name: 'Budget', preconditions: [{ type: 'expression', failPipeline: true, context: { expression: '${trigger.budget.left}' } }] };
  await savePipeline(NAME, CHECKS, [wait('Collect', 1), broken, wait('Report', 1)], { index: 1, triggers: [{ type: 'cron', enabled: false, cronExpression: '0 0 3 ? * *' }] });
  const worker = clusterOf(NAME, '1', { stack: 'worker', strategy: 'none', loadBalancers: [], healthCheck: { type: 'process' } });
  await savePipeline(NAME, WORKER, [{ type: 'deploy', name: 'Deploy', clusters: [worker] }], { index: 2 });
  await savePipeline(NAME, '<b>Names</b> are text مرحبا 🎉', [wait('One', 1)], { index: 3 });
  return ask('GET', `/applications/${NAME}/pipelineConfigs`);
}

async function runPipelines(): Promise<{ failed: string; waits: string; over: string; again: string }> {
  const over = await startPipeline(NAME, '<b>Names</b> are text مرحبا 🎉');
  await untilRun(over, 'succeeds', ({ status }) => status === 'SUCCEEDED');
  const [failed, again, waits] = await Promise.all([
    startPipeline(NAME, CHECKS),
    startPipeline(NAME, '<b>Names</b> are text مرحبا 🎉'),
    startPipeline(NAME, DEPLOY, { version: '2.4.1', region: 'eu' }),
  ]);
  await untilRun(failed, 'fails', ({ status }) => status === 'TERMINAL');
  await untilRun(again, 'succeeds', ({ status }) => status === 'SUCCEEDED');
  await untilRun(waits, 'waits', ({ stages }) => stages.some(({ type, status }) => type === 'manualJudgment' && status === 'RUNNING'));
  return { failed, waits, over, again };
}

async function deploy(): Promise<void> {
  const worker = startPipeline(NAME, WORKER).then((id) => untilRun(id, 'succeeds', ({ status }) => status === 'SUCCEEDED'));
  await deployVersion(NAME, '1');
  await deployVersion(NAME, '2');
  await worker;
}

async function makeProjects(pipelines: readonly { id: string; application: string }[]): Promise<void> {
  const config = {
    applications: [NAME, 'billing', 'catalogue'],
    clusters: [{ account: 'local', stack: '*', detail: '*', applications: null }],
    pipelineConfigs: pipelines.map(({ id, application }) => ({ application, pipelineConfigId: id })),
  };
  await task('spinnaker', 'Create project', { type: 'upsertProject', project: { name: 'Shop front', email: 'shop@example.com', config } });
  await task('spinnaker', 'Create project', { type: 'upsertProject', project: { name: 'مرحبا <b>', email: 'b@example.com', config: { applications: ['search'] } } });
}
