/**
 * Every screen, light and dark, wide and narrow: nothing serious for axe, nothing wider than the page. With
 * `UI_SCREENSHOTS` (a folder) each is also taken as a picture: `make screenshots`.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';

import { clusterOf, deployVersion, makeDelivery, task } from './greeter';
import { accessible, ask, leave, makeApplication, savePipeline, startPipeline, until, untilRun, visit } from './support';

const folder = process.env['UI_SCREENSHOTS'];
// Longer than a busy machine takes to deploy three server groups, in milliseconds.
const SETTING_UP = 180_000;
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 360, height: 740 } };

/** A screen: its picture's name, its address, and what is on it when it is complete. */
interface Screen {
  readonly name: string;
  readonly hash: string;
  readonly ready: (page: Page) => Promise<unknown>;
}

let screens: readonly Screen[] = [];

beforeAll(async () => {
  const descriptions: Record<string, string> = {
    storefront: 'What customers see',
    billing: 'Invoices & <script>alert(1)</script>',
    search: 'مرحبا 🎉',
    identity: 'Who is who',
    catalogue: `Everything that is for sale ${'and more '.repeat(40)}`,
  };
  for (const [name, description] of Object.entries(descriptions)) await makeApplication(name, description);
  const wait = (name: string, waitTime: number, more: object = {}) => ({ type: 'wait', name, waitTime, ...more });
  const judgment = { type: 'manualJudgment', name: 'Release?', instructions: 'Look at the dashboards of the canary first.\nContinue only if errors stay under 0.1 %.' };
  const parameterConfig = [
    { name: 'version', label: 'Version', required: true, description: 'The tag of the image.' },
    { name: 'region', hasOptions: true, options: [{ value: 'eu' }, { value: 'us' }], default: 'eu' },
  ];
  const deploy = [
    wait('Bake', 1),
    wait('Deploy canary', 1, { requisiteStageRefIds: ['1'] }),
    wait('Smoke tests', 1, { requisiteStageRefIds: ['1'] }),
    { ...judgment, requisiteStageRefIds: ['2', '3'] },
    wait('Deploy eu-west-1', 600, { requisiteStageRefIds: ['4'] }),
    wait('Deploy us-east-1', 600, { requisiteStageRefIds: ['4'] }),
    wait('Announce', 1, { requisiteStageRefIds: ['5', '6'] }),
  ];
  const broken = { type: 'checkPreconditions', name: 'Budget', preconditions: [{ type: 'expression', failPipeline: true, context: { expression: '${trigger.budget.left}' } }] };
  const edited = await savePipeline('storefront', 'Deploy to production', deploy, { index: 0, parameterConfig, triggers: [{ type: 'git', enabled: true, source: 'github', project: 'acme', slug: 'storefront', branch: 'main' }] });
  await savePipeline('storefront', 'Nightly checks', [wait('Collect', 1), broken, wait('Report', 1)], { index: 1, triggers: [{ type: 'cron', enabled: false, cronExpression: '0 0 3 ? * *' }] });
  await savePipeline('storefront', '<b>Names</b> are text مرحبا 🎉', [wait('One', 1)], { index: 2 });
  const failed = await startPipeline('storefront', 'Nightly checks');
  await untilRun(failed, 'fails', ({ status }) => status === 'TERMINAL');
  const waits = await startPipeline('storefront', 'Deploy to production', { version: '2.4.1', region: 'eu' });
  await untilRun(waits, 'waits', ({ stages }) => stages.some(({ type, status }) => type === 'manualJudgment' && status === 'RUNNING'));
  const done = await startPipeline('storefront', '<b>Names</b> are text مرحبا 🎉');
  await untilRun(done, 'succeeds', ({ status }) => status === 'SUCCEEDED');

  await makeDelivery('lighthouse');
  await deployVersion('lighthouse', '1');
  await deployVersion('lighthouse', '2');
  const worker = clusterOf('lighthouse', '1', { stack: 'worker', strategy: 'none', loadBalancers: [], healthCheck: { type: 'process' } });
  await savePipeline('lighthouse', 'worker', [{ type: 'deploy', name: 'Deploy', clusters: [worker] }]);
  await untilRun(await startPipeline('lighthouse', 'worker'), 'succeeds', ({ status }) => status === 'SUCCEEDED');
  await task('lighthouse', 'firewall', { type: 'upsertSecurityGroup', name: 'lighthouse-office', securityGroupName: 'lighthouse-office', regions: ['local'], ipIngress: [{ cidr: '10.0.0.0/8', startPort: 8000, endPort: 8099 }] });
  await task('lighthouse', 'job', { type: 'runJob', cloudProviderType: 'local', application: 'lighthouse', stack: 'migrate', command: '/bin/echo', arguments: ['Tables are up to date.'] });
  const groups = await ask<{ name: string; instances: { id: string }[] }[]>('GET', '/applications/lighthouse/serverGroups');
  const instance = groups.find(({ name }) => name === 'lighthouse-v001')?.instances[0]?.id ?? '';
  await upkeep();

  const region = (name: string) => (page: Page) => page.getByRole('region', { name }).first().waitFor();
  screens = [
    { name: 'applications', hash: '#/applications', ready: (page) => page.getByRole('table').getByRole('link', { name: 'storefront' }).waitFor() },
    {
      name: 'new-application',
      hash: '#/applications?create=true',
      ready: (page) => page.getByRole('dialog').getByLabel("Owner's e-mail").waitFor(),
    },
    { name: 'executions', hash: '#/applications/storefront/executions', ready: (page) => page.getByText('Awaits judgment').last().waitFor() },
    { name: 'no-executions', hash: '#/applications/search/executions', ready: (page) => page.getByText('There is no pipeline yet').waitFor() },
    { name: 'execution-waits', hash: `#/applications/storefront/executions/details/${waits}`, ready: region('Stage Release?') },
    { name: 'execution-failed', hash: `#/applications/storefront/executions/details/${failed}`, ready: region('Stage Budget') },
    {
      name: 'start',
      hash: '#/applications/storefront/executions?startManualExecution=Deploy%20to%20production',
      ready: (page) => page.getByRole('dialog').getByLabel('Version').waitFor(),
    },
    { name: 'clusters', hash: '#/applications/lighthouse/clusters', ready: (page) => page.getByRole('link', { name: 'lighthouse-worker-v000' }).waitFor() },
    { name: 'instances', hash: '#/applications/lighthouse/clusters?listInstances=true', ready: (page) => page.getByRole('link', { name: instance }).waitFor() },
    { name: 'no-clusters', hash: '#/applications/search/clusters', ready: (page) => page.getByText('Nothing runs yet').waitFor() },
    {
      name: 'server-group',
      hash: '#/applications/lighthouse/clusters/serverGroupDetails/local/local/local/lighthouse-v001',
      ready: async (page) => {
        await region('Server group lighthouse-v001')(page);
        await page.getByRole('region', { name: 'Tags' }).waitFor();
      },
    },
    {
      name: 'rollback',
      hash: '#/applications/lighthouse/clusters/serverGroupDetails/local/local/local/lighthouse-v001',
      ready: async (page) => {
        await page.getByRole('button', { name: 'Roll back …' }).click();
        await page.getByRole('region', { name: 'Plan' }).getByText('disable server group').waitFor();
      },
    },
    { name: 'instance', hash: `#/applications/lighthouse/clusters/instanceDetails/local/${instance}`, ready: region(`Instance ${instance}`) },
    {
      name: 'output',
      hash: `#/applications/lighthouse/clusters/instanceDetails/local/${instance}?output=true`,
      ready: (page) => page.getByRole('log').getByText('listens on').waitFor(),
    },
    { name: 'load-balancers', hash: '#/applications/lighthouse/loadBalancers', ready: (page) => page.getByRole('table', { name: 'Load balancers' }).waitFor() },
    {
      name: 'load-balancer',
      hash: '#/applications/lighthouse/loadBalancers/loadBalancerDetails/local/local/local/-/lighthouse',
      ready: region('Load balancer lighthouse'),
    },
    { name: 'firewalls', hash: '#/applications/lighthouse/firewalls', ready: (page) => page.getByRole('table', { name: 'Firewalls' }).waitFor() },
    { name: 'firewall', hash: '#/applications/lighthouse/firewalls/firewallDetails/local/local/local/-/lighthouse-office', ready: region('Firewall lighthouse-office') },
    { name: 'jobs', hash: '#/applications/lighthouse/jobs', ready: (page) => page.getByRole('table', { name: 'Jobs' }).waitFor() },
    { name: 'editor', hash: `#/applications/storefront/executions/configure/${edited}`, ready: (page) => page.locator('.react-flow__node').last().waitFor() },
    { name: 'editor-json', hash: `#/applications/storefront/executions/configure/${edited}?section=json`, ready: (page) => page.getByRole('textbox', { name: 'The pipeline as JSON' }).waitFor() },
    { name: 'new-pipeline', hash: '#/applications/storefront/executions/create', ready: (page) => page.getByRole('heading', { name: 'New pipeline' }).waitFor() },
    { name: 'config', hash: '#/applications/storefront/config', ready: (page) => page.getByRole('region', { name: 'History' }).getByRole('listitem').first().waitFor() },
    { name: 'projects', hash: '#/projects', ready: (page) => page.getByRole('table', { name: 'Projects' }).waitFor() },
    { name: 'project', hash: '#/projects/Shop%20front/dashboard', ready: (page) => page.getByRole('region', { name: 'Pipelines' }).getByRole('link').first().waitFor() },
    { name: 'new-project', hash: '#/projects?create=true', ready: (page) => page.getByRole('dialog').getByLabel("Owner's e-mail").waitFor() },
    { name: 'search', hash: '#/search?q=s', ready: (page) => page.getByRole('region', { name: 'Pipelines' }).getByRole('link').first().waitFor() },
    { name: 'admin', hash: '#/admin', ready: (page) => page.getByRole('table', { name: 'Executions that are not over' }).waitFor() },
    { name: 'diagnosis', hash: `#/admin?why=${waits}`, ready: (page) => page.getByRole('dialog').getByText("waits for a person's judgment").waitFor() },
    { name: 'first-steps', hash: '#/first-steps', ready: (page) => page.getByRole('button', { name: 'Run the pipeline' }).waitFor() },
    { name: 'tasks', hash: '#/applications/storefront/tasks', ready: (page) => page.getByRole('table', { name: 'Tasks' }).waitFor() },
  ];
  if (folder) await mkdir(folder, { recursive: true });
}, SETTING_UP);

/** What the configuration, the projects and the administration show. */
async function upkeep(): Promise<void> {
  const done = async (what: string, application: string, job: object): Promise<void> => {
    const { ref } = await ask<{ ref: string }>('POST', '/tasks', { application, description: what, job: [{ user: 'ann', ...job }] });
    await until(`${what} is done`, async () => (await ask<{ status: string }>('GET', ref)).status === 'SUCCEEDED');
  };
  const trafficGuards = [{ account: 'local', location: '*', stack: 'prod', detail: '*', enabled: true }];
  const instanceLinks = [{ title: 'Logs', links: [{ title: 'Today', path: '/logs' }] }];
  const customBanners = [{ enabled: true, text: 'The shop is closed for changes until Monday.', backgroundColor: 'var(--color-warning)', textColor: 'var(--color-text-on-dark)' }];
  await done('Update storefront', 'storefront', { type: 'updateApplication', application: { name: 'storefront', email: 'storefront@example.com', trafficGuards, instanceLinks, customBanners } });
  const configs = await ask<{ id: string; application: string }[]>('GET', '/applications/storefront/pipelineConfigs');
  const config = {
    applications: ['storefront', 'billing', 'catalogue'],
    clusters: [{ account: 'local', stack: '*', detail: '*', applications: null }],
    pipelineConfigs: configs.map(({ id, application }) => ({ application, pipelineConfigId: id })),
  };
  await done('Create project', 'spinnaker', { type: 'upsertProject', project: { name: 'Shop front', email: 'shop@example.com', config } });
  await done('Create project', 'spinnaker', { type: 'upsertProject', project: { name: 'مرحبا <b>', email: 'b@example.com', config: { applications: ['search'] } } });
}

// All four make pictures; as a test two of them see each size and each theme.
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    if (!folder && (size === 'wide') === (colorScheme === 'dark')) continue;
    it(`are sound ${colorScheme} and ${size}`, async () => {
      for (const { name, hash, ready } of screens) {
        const page = await visit(hash, { viewport, colorScheme });
        await ready(page);
        await page.evaluate(() => document.fonts.ready);
        if (folder) await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`), animations: 'disabled' });
        await accessible(page, `${name}, ${size}, ${colorScheme}`);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(over, `${name}, ${size}: pixels wider than the page`).toBeLessThanOrEqual(0);
        await leave(page);
      }
    });
  }
}
