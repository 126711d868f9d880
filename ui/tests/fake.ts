/**
 * A gate that has nothing, and one that has far too much with names that look like something else: what real services would
 * take too long to hold. Shapes are those of `src/gate/wire.ts` and `cloud.ts`.
 */
import type { Page } from 'playwright-core';

import { HEADERS } from './between';
import { gate } from './support';
import type { World } from './table';

/** Names as people, and those who mean harm, write them. They sort first. */
export const ODD = {
  script: '0 <script>alert(1)</script><img src=x onerror=alert(1)>',
  arabic: '0 مرحبا بالعالم \u202e txet',
  emoji: '0 🎉👩‍🚀🏳️‍🌈',
  long: `0 ${'x'.repeat(5000)}`,
} as const;

const odd = Object.values(ODD);
const all = odd.join('\n');
const NOW = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

/** What is looked at in the gate that has too much. */
export const HUGE: World = {
  application: 'ahoy',
  pipeline: ODD.script,
  pipelineId: 'P0',
  run: 'E0',
  stage: ODD.script,
  task: 'T0',
  group: `${ODD.script}-v001`,
  instance: 'I0',
  balancer: ODD.script,
  firewall: ODD.script,
  job: ODD.script,
  project: ODD.script,
};

/** Answers by path: a part that is `*` is any. What is undefined is not there; what is not named is an empty list. */
type Answers = Readonly<Record<string, unknown>>;

const attributes = { name: HUGE.application, email: 'crew@example.com', cloudProviders: 'local', createTs: String(NOW), updateTs: String(NOW), lastModifiedBy: 'ann' };
const account = { name: 'local', cloudProvider: 'local', type: 'local', regions: [{ name: 'local' }] };

/** A gate that has one application without anything. */
export const NOTHING: Answers = {
  'applications/ahoy': { name: HUGE.application, attributes },
  'applications/*': undefined,
  'projects/*': { id: 'R0', name: HUGE.project, config: {} },
  'pipelines/*': undefined,
  'tasks/*': undefined,
  'instances/*/*/*': undefined,
  'applications/*/serverGroups/*/*/*': undefined,
  'firewalls/*/*/*': undefined,
  'applications/*/jobs/*/*/*': {},
  'applications/*/clusters': {},
  firewalls: {},
  events: undefined,
  search: [{ totalMatches: 0, results: [] }],
  'admin/executions/active': { nodes: [], unowned: [], complete: true },
  'admin/health': {},
  'notifications/application/*': {},
  'schemas/stages': { $defs: {} },
  'capabilities/expressions': { functions: [] },
  version: { version: '1.0.0' },
  'auth/user': { username: 'ann' },
};

/** So many things: the first have odd names. */
function many<T>(count: number, name: string, make: (name: string, index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(odd[index] ?? `${name} ${index}`, index));
}

const stages = many(200, 'Stage', (name, index) => ({
  id: `S${index}`,
  refId: String(index),
  requisiteStageRefIds: index < 4 ? [] : [String(index - 4), String(index - 3)],
  type: 'wait',
  name,
  status: index === 0 ? 'TERMINAL' : 'NOT_STARTED',
  startTime: NOW,
  endTime: NOW + MINUTE,
  context: { comments: all, exception: { details: { errors: odd } }, [ODD.long]: all },
  outputs: { said: all },
  tasks: many(40, 'task', (task, nth) => ({ id: String(nth), name: task, status: 'TERMINAL', startTime: NOW, endTime: NOW + MINUTE })),
}));

const run = (pipeline: string, pipelineConfigId: string, id: string, own: readonly object[]) => ({
  id,
  type: 'PIPELINE',
  application: HUGE.application,
  name: pipeline,
  pipelineConfigId,
  status: 'TERMINAL',
  buildTime: NOW,
  startTime: NOW,
  endTime: NOW + MINUTE,
  canceled: true,
  canceledBy: ODD.script,
  cancellationReason: all,
  authentication: { user: ODD.arabic },
  trigger: { type: 'manual', user: ODD.script, parameters: { [ODD.script]: ODD.long, [ODD.long]: ODD.arabic, branch: ODD.emoji } },
  stages: own,
});

const pipelines = many(300, 'Pipeline', (name, index) => ({
  id: `P${index}`,
  name,
  application: HUGE.application,
  index,
  description: all,
  stages: many(8, 'Stage', (stage, at) => ({ refId: String(at), requisiteStageRefIds: at === 0 ? [] : [String(at - 1)], type: 'wait', name: stage, waitTime: 1, comments: all })),
  triggers: [{ type: ODD.script, enabled: true }],
  parameterConfig: [],
  updateTs: NOW,
  lastModifiedBy: ODD.script,
}));

const instances = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `I${index}`, name: odd[index] ?? `i-${index}`, healthState: index % 3 === 0 ? 'Down' : 'Up', launchTime: NOW, availabilityZone: ODD.long, health: [{ type: ODD.script, state: 'Down', description: all }] }));
const place = { account: 'local', region: 'local', cloudProvider: 'local', type: 'local' };
const group = (name: string, count: number) => ({
  ...place,
  name: `${name}-v001`,
  cluster: name,
  application: HUGE.application,
  isDisabled: false,
  createdTime: NOW,
  capacity: { min: 1, max: 900, desired: count },
  instances: instances(count),
  loadBalancers: odd,
  securityGroups: odd,
  buildInfo: { version: ODD.long, commit: ODD.script, images: odd },
});
const groups = many(500, 'cluster', (name, index) => group(name, index === 0 ? 300 : 10));
const balanced = { ...place, vpcId: null, listeners: odd.map((name) => ({ protocol: name, port: 80, tls: all })), securityGroups: odd, problem: all, listening: false, labels: { [ODD.long]: all } };
const balancers = many(500, 'balancer', (name) => ({ ...balanced, name, serverGroups: odd.map((one) => ({ name: one, isDisabled: true, instances: instances(200).map(({ id, name: own }) => ({ id, name: own, health: { state: 'Down' } })) })) }));
const walls = many(500, 'firewall', (name) => ({ id: name, name, moniker: { app: HUGE.application }, description: all }));
const jobs = many(1000, 'job', (name) => ({ ...place, id: name, name, location: 'local', provider: 'local', jobState: 'Failed', createdTime: NOW, completedTime: NOW + MINUTE, completionDetails: { message: all, [ODD.long]: all } }));
const tasks = many(200, 'Task', (name, index) => ({
  id: `T${index}`,
  name,
  application: HUGE.application,
  status: 'TERMINAL',
  startTime: NOW,
  endTime: NOW + MINUTE,
  steps: many(200, 'step', (step, nth) => ({ id: String(nth), name: step, status: 'TERMINAL', startTime: NOW, endTime: NOW + MINUTE })),
  variables: [{ key: 'user', value: ODD.script }, { key: 'exception', value: { details: { errors: odd } } }, { key: ODD.long, value: all }],
}));
const version = (index: number) => ({ ...attributes, updateTs: String(NOW - index * MINUTE), lastModifiedBy: ODD.script, description: `${all} ${index}` });
const counts = { total: 9, up: 3, down: 3, unknown: 1, outOfService: 1, starting: 1 };
const project = (name: string, index: number) => ({
  id: `R${index}`,
  name,
  email: ODD.long,
  updateTs: NOW,
  config: {
    applications: many(100, 'app', (one) => one),
    clusters: odd.map((stack) => ({ account: 'local', stack, detail: '*' })),
    pipelineConfigs: pipelines.slice(0, 100).map(({ id }) => ({ application: HUGE.application, pipelineConfigId: id })),
  },
});
const waiting = (count: number) => many(count, 'run', (name, index) => ({ id: `E${index}`, type: 'PIPELINE', application: HUGE.application, name, status: 'RUNNING', startTime: NOW, due: NOW, signals: 1 }));
const found = (kind: string) =>
  many(500, kind, (name) => ({ type: kind, provider: 'local', application: HUGE.application, account: ODD.script, region: ODD.long, cluster: name, serverGroup: name, instanceId: name, loadBalancer: name, name }));
const notifications = odd.flatMap((address) => [{ type: 'email', address, level: 'application', when: ['pipeline.failed'] }]);
const runs = pipelines.flatMap(({ id, name }, index) => [0, 1].map((nth) => run(name, id, `E${index}-${nth}`, stages.slice(0, 6).map((stage) => ({ ...stage, context: {}, outputs: {}, tasks: [] })))));

/** A gate that has far too much. */
export const TOO_MUCH: Answers = {
  ...NOTHING,
  applications: [...many(1000, 'ship', (name) => ({ ...attributes, name, email: ODD.long, description: all })), attributes],
  'applications/ahoy': {
    name: HUGE.application,
    attributes: {
      ...attributes,
      email: ODD.long,
      description: all,
      repoType: ODD.script,
      customBanners: [{ enabled: true, text: all, backgroundColor: 'var(--color-warning)', textColor: 'var(--color-text-on-dark)' }],
      trafficGuards: odd.map((stack) => ({ account: 'local', location: '*', stack, detail: ODD.long, enabled: true })),
      instanceLinks: odd.map((title) => ({ title, links: odd.map((path) => ({ title, path })) })),
    },
  },
  'applications/*/pipelineConfigs': pipelines,
  pipelineConfigs: pipelines,
  'applications/*/strategyConfigs': pipelines.slice(0, 4),
  'applications/*/pipelines': runs,
  'pipelines/*': run(ODD.script, 'P0', 'E0', stages),
  'applications/*/tasks': tasks,
  'tasks/*': tasks[0],
  'applications/*/serverGroups': groups,
  'applications/*/serverGroups/*/*/*': { ...groups[0], launchConfig: { command: ODD.long, environment: { [ODD.long]: all }, arguments: odd }, problems: odd, scalingPolicies: [{ policyName: ODD.script, target: all }] },
  'instances/*/*/*': { ...instances(1)[0], ...place, application: HUGE.application, loadBalancers: odd, labels: { [ODD.long]: all } },
  'instances/*/*/*/log': { output: `${all}\n`.repeat(50), offset: 0, next: 300_000, ended: true },
  'applications/*/loadBalancers': balancers,
  'loadBalancers/*/*/*': balancers.slice(0, 1),
  firewalls: { local: { local: { local: walls } } },
  'firewalls/*/*/*': { ...walls[0], ...place, inboundRules: many(300, 'rule', (source) => ({ protocol: ODD.script, range: { ip: source, cidr: ODD.long }, portRanges: [{ startPort: 1, endPort: 9 }] })) },
  'applications/*/jobs': jobs,
  'applications/*/jobs/*/*/*': jobs[0],
  'applications/*/clusters': { local: groups.map(({ cluster }) => cluster) },
  'applications/*/history': Array.from({ length: 50 }, (_, index) => version(index)),
  'notifications/application/*': { application: HUGE.application, email: notifications },
  projects: many(1000, 'zone', project),
  'projects/*': project(HUGE.project, 0),
  'projects/*/clusters': odd.map((stack) => ({
    account: 'local',
    stack,
    detail: ODD.long,
    instanceCounts: counts,
    applications: many(50, 'app', (application) => ({ application, lastPush: NOW, clusters: odd.map((region) => ({ region, lastPush: NOW, instanceCounts: counts, builds: [{ buildNumber: ODD.long, host: null, job: null, deployed: NOW }] })) })),
  })),
  'projects/*/pipelines': runs.slice(0, 200),
  'admin/executions/active': { nodes: many(50, 'node', (node, epoch) => ({ node, epoch, alive: epoch > 1, expires: Date.now() + 9e6, address: ODD.long, enabled: true, executions: epoch === 0 ? waiting(2500) : [] })), unowned: [], complete: false },
  'admin/health': Object.fromEntries(many(20, 'service', (name) => [name, { status: 'DOWN', components: { [name]: { status: 'DOWN', details: { reason: all } } } }])),
  credentials: [account, ...many(200, 'account', (name) => ({ ...account, name, inventory: { problem: all, confirmed: NOW } }))],
};

/** Lets the page talk to such a gate. What it says may be changed meanwhile. */
export async function pretend(page: Page, answers: () => Answers): Promise<void> {
  await page.route(`${gate}/**`, async (route) => {
    const url = new URL(route.request().url());
    const parts = url.pathname.split('/').slice(1);
    const known = answers();
    const name = Object.keys(known).find((path) => fits(path.split('/'), parts));
    const json = url.pathname === '/search' && known === TOO_MUCH ? [{ totalMatches: 5000, results: found(url.searchParams.get('type') ?? '') }] : name === undefined ? [] : known[name];
    await route.fulfill(json === undefined ? { status: 404, headers: HEADERS, json: { message: 'It is not there.' } } : { headers: HEADERS, json }).catch(() => undefined);
  });
}

function fits(path: readonly string[], parts: readonly string[]): boolean {
  return path.length === parts.length && path.every((part, index) => part === '*' || part === parts[index]);
}
