/**
 * A gate that has far too much, with names that look like something else: thousands where the page draws only what is seen,
 * hundreds elsewhere. The first four of everything have the odd names and all that a thing can say; the others are small.
 */
import { type Answers, APPLICATION, ATTRIBUTES, NAMED, NOTHING, NOW, ODD } from './fake';

const MINUTE = 60_000;
const ODDS = Object.values(ODD);
/** All odd names in one text. */
const ALL = ODDS.join('\n');

const place = { account: 'local', region: 'local', cloudProvider: 'local', type: 'local' };
const named = { application: NAMED.application };

/** So many things. Their names sort as they stand. */
function many<T>(count: number, kind: string, make: (name: string, index: number, isOdd: boolean) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(ODDS[index] ?? nameOf(kind, index), index, index < ODDS.length));
}

function nameOf(kind: string, index: number): string {
  return `${kind} ${String(index).padStart(4, '0')}`;
}

/** How many there are of what the page draws only where it is seen. */
const COUNTS = { applications: 3000, projects: 2000, clusters: 1000, balancers: 1000, firewalls: 1000, jobs: 3000, tasks: 200, runs: 2500 } as const;

/** The last of each long list by its screen. */
export const LAST: Readonly<Record<string, string>> = {
  '/applications': nameOf('ship', COUNTS.applications - 1),
  '/projects': nameOf('zone', COUNTS.projects - 1),
  '/admin': nameOf('run', COUNTS.runs - 1),
  '/applications/$application/clusters': nameOf('cluster', COUNTS.clusters - 1),
  '/applications/$application/loadBalancers': nameOf('balancer', COUNTS.balancers - 1),
  '/applications/$application/firewalls': nameOf('firewall', COUNTS.firewalls - 1),
  '/applications/$application/jobs': nameOf('job', COUNTS.jobs - 1),
  '/applications/$application/tasks': nameOf('task', COUNTS.tasks - 1),
};

// Pipelines and their runs.

const times = { startTime: NOW, endTime: NOW + MINUTE };

const stages = many(200, 'stage', (name, index, isOdd) => ({
  id: `S${index}`,
  refId: String(index),
  requisiteStageRefIds: index < 4 ? [] : [String(index - 4), String(index - 3)],
  type: 'wait',
  name,
  status: name === NAMED.stage ? 'TERMINAL' : 'NOT_STARTED',
  ...times,
  context: isOdd ? { comments: ALL, exception: { details: { errors: ODDS } }, [ODD.long]: ALL } : {},
  outputs: isOdd ? { said: ALL } : {},
  tasks: isOdd ? many(40, 'task', (task, nth) => ({ id: String(nth), name: task, status: 'TERMINAL', ...times })) : [],
}));

const runOf = (name: string, pipelineConfigId: string, id: string, isOdd: boolean, more: object) => ({
  id,
  type: 'PIPELINE',
  ...named,
  name,
  pipelineConfigId,
  status: 'TERMINAL',
  buildTime: NOW,
  ...times,
  ...(isOdd ? { canceled: true, canceledBy: ODD.script, cancellationReason: ALL, authentication: { user: ODD.rightToLeft } } : {}),
  trigger: isOdd ? { type: 'manual', user: ODD.script, parameters: { [ODD.script]: ODD.long, [ODD.long]: ODD.rightToLeft, branch: ODD.emoji } } : { type: 'manual', user: 'ann', parameters: { branch: 'main' } },
  ...more,
});

/** The run that is looked at; and one that goes on. */
const run = runOf(NAMED.pipeline, NAMED.pipelineId, NAMED.run, true, { stages });
const running = { ...run, id: 'E1', status: 'RUNNING', endTime: null, canceled: false, stages: stages.map((stage) => ({ ...stage, status: 'RUNNING' })) };

const pipelines = many(100, 'pipeline', (name, index, isOdd) => ({
  id: `P${index}`,
  name,
  ...named,
  index,
  description: isOdd ? ALL : '',
  stages: many(`P${index}` === NAMED.pipelineId ? 200 : 4, 'stage', (stage, at) => ({ refId: String(at), requisiteStageRefIds: at < 4 ? [] : [String(at - 4)], type: 'wait', name: stage, waitTime: 1 })),
  triggers: isOdd ? [{ type: ODD.script, enabled: true }] : [],
  parameterConfig: isOdd ? ODDS.map((parameter) => ({ name: parameter, label: parameter, description: ALL, hasOptions: parameter === ODD.emoji, options: ODDS.map((value) => ({ value })) })) : [],
  expectedArtifacts: isOdd ? ODDS.map((artifact, nth) => ({ id: `A${nth}`, displayName: artifact, matchArtifact: { type: 'docker/image', name: artifact }, defaultArtifact: { type: 'docker/image', name: artifact, reference: artifact } })) : [],
  updateTs: NOW,
  lastModifiedBy: isOdd ? ODD.script : 'ann',
}));

const inList = many(6, 'stage', (name, index) => ({ ...stages[index], name, context: {}, outputs: {}, tasks: [] }));
const runs = pipelines.flatMap(({ id, name }, index) => [0, 1].map((nth) => runOf(name, id, `E${index}-${nth}`, index < ODDS.length, { stages: inList })));

const plan = (of: string, name: string, more: object) => ({ of, name, outcome: 'RUNS', ...more });
const planned = plan('PIPELINE', NAMED.pipeline, {
  remarks: [{ severity: 'DOUBT', message: ALL }],
  steps: ODDS.map((name) => plan('STAGE', name, { steps: ODDS.map((step) => plan('TASK', step, {})) })),
});

// What runs in clouds.

const instancesOf = (group: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `I${group}-${index}`, name: `i-${group}-${index}`, healthState: index % 3 === 0 ? 'Down' : 'Up', launchTime: NOW + index }));

const instance = { id: NAMED.instance, name: NAMED.instance, healthState: 'Down', launchTime: NOW, availabilityZone: ODD.long, health: ODDS.map((type) => ({ type, state: 'Down', description: ALL })) };

const groups = many(COUNTS.clusters, 'cluster', (cluster, index, isOdd) => {
  const name = `${cluster}-v001`;
  const oddly = isOdd ? ODDS.map((one, nth) => ({ ...instance, id: `odd-${index}-${nth}`, name: one })) : [];
  const instances = name === NAMED.group ? [instance, ...oddly, ...instancesOf(index, 300)] : [...oddly, ...instancesOf(index, 5)];
  return {
    ...place,
    ...named,
    name,
    cluster,
    isDisabled: false,
    createdTime: NOW,
    capacity: { min: 1, max: 900, desired: instances.length },
    instances,
    ...(isOdd ? { loadBalancers: ODDS, securityGroups: ODDS, buildInfo: { version: ODD.long, commit: ODD.script, images: ODDS } } : {}),
  };
});
const group = groups.find(({ name }) => name === NAMED.group);

const balancers = many(COUNTS.balancers, 'balancer', (name, index, isOdd) => ({
  ...place,
  name,
  vpcId: null,
  listeners: isOdd ? ODDS.map((protocol) => ({ protocol, port: 80, tls: ALL })) : [{ protocol: 'http', port: 80 }],
  ...(isOdd ? { securityGroups: ODDS, problem: ALL, listening: false, labels: { [ODD.long]: ALL } } : {}),
  serverGroups: (isOdd ? ODDS : [nameOf('cluster', index)]).map((one) => ({ name: one, isDisabled: true, instances: instancesOf(index, isOdd ? 60 : 2).map((each) => ({ ...each, health: { state: 'Down' } })) })),
}));

const firewalls = many(COUNTS.firewalls, 'firewall', (name, _, isOdd) => ({ id: name, name, moniker: { app: NAMED.application }, description: isOdd ? ALL : null }));
const firewall = {
  ...place,
  ...firewalls.find(({ name }) => name === NAMED.firewall),
  inboundRules: many(300, 'rule', (source) => ({ protocol: ODD.script, range: { ip: source, cidr: '/8' }, portRanges: [{ startPort: 1, endPort: 9 }] })),
};

const jobs = many(COUNTS.jobs, 'job', (name, index, isOdd) => ({
  ...place,
  id: name,
  name,
  location: 'local',
  provider: 'local',
  jobState: 'Failed',
  createdTime: NOW - index,
  completedTime: NOW + MINUTE,
  ...(isOdd ? { completionDetails: { message: ALL, [ODD.long]: ALL } } : {}),
}));

function found({ searchParams }: URL): object[] {
  const type = searchParams.get('type') ?? '';
  const results = many(Number(searchParams.get('pageSize')), type, (name) => ({ type, provider: 'local', ...named, account: 'local', region: 'local', cluster: name, serverGroup: name, instanceId: name, loadBalancer: name, name }));
  return [{ totalMatches: 5000, results }];
}

// Applications, projects, tasks and the install.

const attributes = {
  ...ATTRIBUTES,
  email: ODD.long,
  description: ALL,
  repoType: ODD.script,
  customBanners: [{ enabled: true, text: ALL, backgroundColor: 'var(--color-warning)', textColor: 'var(--color-text-on-dark)' }],
  trafficGuards: ODDS.map((stack) => ({ account: 'local', location: '*', stack, detail: ODD.long, enabled: true })),
  instanceLinks: ODDS.map((title) => ({ title, links: ODDS.map((path) => ({ title, path })) })),
};

const project = (name: string, index: number, isOdd: boolean) => ({
  id: `R${index}`,
  name,
  email: isOdd ? ODD.long : 'crew@example.com',
  updateTs: NOW,
  config: isOdd
    ? {
        applications: many(100, 'ship', (application) => application),
        clusters: ODDS.map((stack) => ({ account: 'local', stack, detail: '*', applications: null })),
        pipelineConfigs: pipelines.map(({ id }) => ({ ...named, pipelineConfigId: id })),
      }
    : { applications: [nameOf('ship', index)], clusters: [], pipelineConfigs: [] },
});

const counts = { total: 9, up: 3, down: 3, unknown: 1, outOfService: 1, starting: 1 };
const ofProject = ODDS.map((stack) => ({
  account: 'local',
  stack,
  detail: ODD.long,
  instanceCounts: counts,
  applications: many(50, 'ship', (application) => ({
    application,
    lastPush: NOW,
    clusters: ODDS.map((region) => ({ region, lastPush: NOW, instanceCounts: counts, builds: [{ buildNumber: ODD.long, host: null, job: null, deployed: NOW }] })),
  })),
}));

const task = {
  id: NAMED.task,
  name: ODD.script,
  ...named,
  status: 'TERMINAL',
  ...times,
  steps: many(200, 'step', (step, nth) => ({ id: String(nth), name: step, status: 'TERMINAL', ...times })),
  variables: [
    { key: 'user', value: ODD.script },
    { key: 'exception', value: { details: { errors: ODDS } } },
    { key: ODD.long, value: ALL },
  ],
};

const waiting = many(COUNTS.runs, 'run', (name, index) => ({ id: `E${index}`, type: 'PIPELINE', ...named, name, status: 'RUNNING', startTime: NOW + index, signals: 1 }));

/** What it answers. */
export const TOO_MUCH: Answers = {
  ...NOTHING,
  applications: many(COUNTS.applications, 'ship', (name, _, isOdd) => ({ ...ATTRIBUTES, name, ...(isOdd ? { email: ODD.long, description: ALL } : {}) })),
  [APPLICATION]: { name: NAMED.application, attributes },
  'applications/*/history': Array.from({ length: 50 }, (_, index) => ({ ...ATTRIBUTES, updateTs: String(NOW - index * MINUTE), lastModifiedBy: ODD.script, description: `${ALL} ${index}` })),
  'notifications/application/*': { ...named, email: ODDS.map((address) => ({ type: 'email', address, level: 'application', when: ['pipeline.failed'] })) },

  'applications/*/pipelineConfigs': pipelines,
  'applications/*/strategyConfigs': pipelines.slice(0, ODDS.length).map((one) => ({ ...one, id: `strategy ${one.id}` })),
  pipelineConfigs: pipelines,
  'pipelineConfigs/*/history': pipelines.slice(0, 20).map((one, index) => ({ ...one, updateTs: NOW - index })),
  'applications/*/pipelines': runs,
  executions: runs.filter(({ pipelineConfigId }) => pipelineConfigId === NAMED.pipelineId),
  'pipelines/*': run,
  'pipelines/E1': running,
  'pipelines/plan': planned,
  'pipelines/*/pause': new Error(ALL),
  'pipelines/*/stages/*/restart': new Error(ALL),
  'pipelines/*/diagnosis': {
    at: NOW,
    verdict: 'waits',
    summary: ALL,
    causes: ODDS.map((message) => ({ kind: 'x', message, since: NOW })),
    waits: ODDS.map((name) => ({ stage: { name }, waitsFor: 'ITS_TURN', since: NOW, error: ALL })),
    failures: ODDS.map((name) => ({ stage: { name }, message: ALL })),
    remedies: ODDS.map((message) => ({ message, command: ['cancel', message] })),
  },

  'applications/*/serverGroups': groups,
  'applications/*/serverGroups/*/*/*': { ...group, launchConfig: { command: ODD.long, environment: { [ODD.long]: ALL }, arguments: ODDS }, problems: ODDS, scalingPolicies: [{ policyName: ODD.script, target: ALL }] },
  'applications/*/clusters': { local: groups.map(({ cluster }) => cluster) },
  'instances/*/*/*': { ...instance, ...place, ...named, loadBalancers: ODDS, labels: { [ODD.long]: ALL } },
  'instances/*/*/*/log': { output: `${ALL}\n`.repeat(500), offset: 0, next: 3_000_000, ended: true },
  'applications/*/loadBalancers': balancers,
  'loadBalancers/*/*/*': balancers.filter(({ name }) => name === NAMED.balancer),
  firewalls: { local: { local: { local: firewalls } } },
  'firewalls/*/*/*': firewall,
  'applications/*/jobs': jobs,
  'applications/*/jobs/*/*/*': jobs.find(({ name }) => name === NAMED.job),
  tags: [{ id: 'tags', tags: ODDS.map((name) => ({ name, value: ALL })) }],
  'ops/plan': ODDS.map((name) => plan('OPERATION', name, { remarks: [{ severity: 'PROBLEM', message: name }], steps: [plan('CHANGE', name, { settings: { [ODD.script]: ODD.rightToLeft } })] })),

  'applications/*/tasks': many(COUNTS.tasks, 'task', (name, index, isOdd) => ({ ...task, id: `T${index}`, name, startTime: NOW - index, steps: [], variables: isOdd ? task.variables : [] })),
  'tasks/*': task,
  'tasks/T1': { ...task, id: 'T1', status: 'RUNNING', endTime: null },
  tasks: { ref: `/tasks/${NAMED.task}` },

  projects: many(COUNTS.projects, 'zone', project),
  'projects/*': project(NAMED.project, 0, true),
  'projects/*/clusters': ofProject,
  'projects/*/pipelines': runs,

  search: found,
  credentials: [{ ...place, name: 'local', regions: [{ name: 'local' }] }, ...many(200, 'account', (name, _, isOdd) => ({ ...place, name, inventory: { problem: isOdd ? ALL : null, confirmed: NOW } }))],
  'admin/executions/active': {
    nodes: many(50, 'node', (node, index, isOdd) => ({ node, epoch: index, alive: true, expires: Date.now() + 9e6, address: isOdd ? ODD.long : 'n', enabled: true, executions: index === 0 ? waiting : [] })),
    unowned: [],
    complete: false,
  },
  'admin/health': Object.fromEntries(many(20, 'service', (name, _, isOdd) => [name, { status: 'DOWN', components: { [name]: { status: 'DOWN', details: { reason: isOdd ? ALL : 'x' } } } }])),
};
