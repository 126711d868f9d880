/**
 * Every screen of the page by its route: its address, what shows that it is there, what it says while it loads and where there
 * is nothing. `failures`, `states` and `screens` drive each through it; `failures` fails where a route is missing here.
 */
import type { Page } from 'playwright-core';

/** The things whose screens are looked at. */
export interface World {
  readonly application: string;
  readonly pipeline: string;
  readonly pipelineId: string;
  readonly run: string;
  /** A stage of the run. */
  readonly stage: string;
  readonly task: string;
  readonly group: string;
  readonly instance: string;
  readonly balancer: string;
  readonly firewall: string;
  readonly job: string;
  readonly project: string;
}

/** A screen. */
export interface Screen {
  readonly hash: (world: World) => string;
  /** Resolves when it is complete. */
  readonly there: (page: Page, world: World) => Promise<unknown>;
  /** What it loads, as it says: `Loading pipelines …`. */
  readonly loads: string;
  /** What it says where gate has nothing, or not what the address names. */
  readonly empty: string;
  /** Whether it shows no name that a user gave. */
  readonly isBare?: true;
}

const within = ({ application }: World, rest: string): string => `#/applications/${encodeURIComponent(application)}${rest}`;
const region = (name: string) => (page: Page) => page.getByRole('region', { name, exact: true }).first().waitFor();
const row = (table: string, name: string) => (page: Page) => page.getByRole('table', { name: table }).getByRole('link', { name, exact: true }).first().waitFor();
const runs = (page: Page, { pipeline }: World): Promise<void> => region(pipeline)(page);
const run = (page: Page, { stage }: World): Promise<void> => region(`Stage ${stage}`)(page);
const instance = (page: Page, world: World): Promise<void> => region(`Instance ${world.instance}`)(page);
const steps = region('Steps');

const inApplication: Readonly<Record<string, Screen>> = {
  // The frame itself; the list of runs is its first screen.
  '': { hash: (world) => within(world, ''), there: runs, loads: 'application', empty: 'There is no application' },
  '/executions': { hash: (world) => within(world, '/executions'), there: runs, loads: 'pipelines', empty: 'There is no pipeline yet' },
  '/executions/details/$executionId': { hash: (world) => within(world, `/executions/details/${world.run}`), there: run, loads: 'execution', empty: 'There is no such execution' },
  '/executions/configure/$pipelineId': {
    hash: (world) => within(world, `/executions/configure/${world.pipelineId}`),
    there: (page) => page.locator('.react-flow__node').first().waitFor(),
    loads: 'pipeline',
    empty: 'There is no such pipeline',
  },
  '/executions/create': {
    hash: (world) => within(world, '/executions/create'),
    there: async (page) => {
      await page.getByRole('heading', { name: 'New pipeline' }).waitFor();
      await page.getByText('Loading what it can be made of').waitFor({ state: 'detached' });
    },
    loads: 'what it can be made of',
    empty: 'New pipeline',
    isBare: true,
  },
  '/clusters': {
    hash: (world) => within(world, '/clusters'),
    there: (page, { group }) => page.getByRole('list', { name: 'Clusters' }).getByRole('link', { name: group, exact: true }).waitFor(),
    loads: 'clusters',
    empty: 'Nothing runs yet',
  },
  '/clusters/serverGroupDetails/$provider/$account/$region/$name': {
    hash: (world) => within(world, `/clusters/serverGroupDetails/local/local/local/${encodeURIComponent(world.group)}`),
    there: (page, { group }) => region(`Server group ${group}`)(page),
    loads: 'server group',
    empty: 'It is not there',
  },
  '/clusters/instanceDetails/$provider/$instanceId': { hash: (world) => within(world, `/clusters/instanceDetails/local/${encodeURIComponent(world.instance)}`), there: instance, loads: 'instance', empty: 'It is not there' },
  '/loadBalancers': { hash: (world) => within(world, '/loadBalancers'), there: (page, { balancer }) => row('Load balancers', balancer)(page), loads: 'load balancers', empty: 'There is no load balancer yet' },
  '/loadBalancers/loadBalancerDetails/$provider/$account/$region/$vpcId/$name': {
    hash: (world) => within(world, `/loadBalancers/loadBalancerDetails/local/local/local/-/${encodeURIComponent(world.balancer)}`),
    there: (page, { balancer }) => region(`Load balancer ${balancer}`)(page),
    loads: 'load balancer',
    empty: 'It is not there',
  },
  '/firewalls': { hash: (world) => within(world, '/firewalls'), there: (page, { firewall }) => row('Firewalls', firewall)(page), loads: 'firewalls', empty: 'There is no firewall yet' },
  '/firewalls/firewallDetails/$provider/$account/$region/$vpcId/$name': {
    hash: (world) => within(world, `/firewalls/firewallDetails/local/local/local/-/${encodeURIComponent(world.firewall)}`),
    there: (page, { firewall }) => region(`Firewall ${firewall}`)(page),
    loads: 'firewall',
    empty: 'It is not there',
  },
  '/jobs': { hash: (world) => within(world, '/jobs'), there: (page, { job }) => row('Jobs', job)(page), loads: 'jobs', empty: 'No job has run' },
  '/jobs/jobDetails/$provider/$account/$location/$name': {
    hash: (world) => within(world, `/jobs/jobDetails/local/local/local/${encodeURIComponent(world.job)}`),
    there: (page, { job }) => region(`Job ${job}`)(page),
    loads: 'job',
    empty: 'It is not there',
  },
  '/tasks': { hash: (world) => within(world, '/tasks'), there: (page) => page.getByRole('table', { name: 'Tasks' }).getByRole('link').first().waitFor(), loads: 'tasks', empty: 'Nothing was done yet' },
  '/tasks/$taskId': { hash: (world) => within(world, `/tasks/${world.task}`), there: steps, loads: 'task', empty: 'There is no such task' },
  '/config': {
    hash: (world) => within(world, '/config'),
    there: async (page) => {
      await page.getByRole('region', { name: 'History' }).getByRole('listitem').first().waitFor();
      await page.getByRole('button', { name: 'Add a notification' }).waitFor();
    },
    loads: 'history',
    empty: 'Nobody is told.',
  },
};

/** The screens. */
export const SCREENS: Readonly<Record<string, Screen>> = {
  '/applications': { hash: () => '#/applications', there: (page, { application }) => row('Applications', application)(page), loads: 'applications', empty: 'There is no application yet' },
  '/projects': { hash: () => '#/projects', there: (page, { project }) => row('Projects', project)(page), loads: 'projects', empty: 'There is no project yet' },
  '/projects/$project/dashboard': {
    hash: ({ project }) => `#/projects/${encodeURIComponent(project)}/dashboard`,
    there: async (page, { project }) => {
      await page.getByRole('heading', { name: project, exact: true }).waitFor();
      await page.getByRole('region', { name: 'Pipelines' }).getByRole('listitem').first().waitFor();
    },
    loads: 'project',
    empty: 'The project names no pipelines',
  },
  '/search': {
    hash: ({ application }) => `#/search?q=${encodeURIComponent(application)}`,
    there: (page, { application }) => page.getByRole('region', { name: 'Applications' }).getByRole('link', { name: application, exact: true }).waitFor(),
    loads: 'what matches',
    empty: 'Nothing matches',
  },
  '/admin': {
    hash: () => '#/admin',
    there: async (page) => {
      await page.getByRole('region', { name: 'Nodes' }).getByText(/lease/).first().waitFor();
      for (const name of ['Services', 'Accounts']) await page.getByRole('region', { name }).getByRole('listitem').first().waitFor();
    },
    loads: 'nodes',
    empty: 'Nothing runs and nothing waits.',
  },
  '/first-steps': { hash: () => '#/first-steps', there: (page) => page.getByLabel('Your e-mail address').waitFor(), loads: 'applications', empty: 'Create an application', isBare: true },
  '/executions/$executionId': { hash: (world) => `#/executions/${world.run}`, there: run, loads: 'execution', empty: 'There is no such execution' },
  '/tasks/$taskId': { hash: (world) => `#/tasks/${world.task}`, there: steps, loads: 'task', empty: 'There is no such task' },
  '/instance/$provider/$account/$region/$instanceId': { hash: (world) => `#/instance/local/local/local/${encodeURIComponent(world.instance)}`, there: instance, loads: 'instance', empty: 'There is no such instance' },
  ...Object.fromEntries(Object.entries(inApplication).map(([path, screen]) => [`/applications/$application${path}`, screen])),
};

/** Routes that have no screen of their own: they lead to another one. */
export const LEADS: readonly string[] = ['/', '/projects/$project', '/applications/$application/executions/$executionId', '/applications/$application/securityGroups'];
