/** The example program as an application's server groups, by the local provider: what journeys of the infrastructure run. */
import { ask, makeApplication, savePipeline, startPipeline, until, untilRun } from './support';

/** The program, which the test `page` names. */
export const greeter = process.env['UI_GREETER'] ?? '/usr/local/bin/greeter';

/** Runs a task of one job to its success. */
export async function task(application: string, description: string, job: object): Promise<void> {
  const place = { cloudProvider: 'local', credentials: 'local', account: 'local', region: 'local' };
  const { ref } = await ask<{ ref: string }>('POST', '/tasks', { application, description, job: [{ ...place, user: 'test', ...job }] });
  let status = '';
  await until(`${description} is over`, async () => {
    ({ status } = await ask<{ status: string }>('GET', ref));
    return !['NOT_STARTED', 'RUNNING'].includes(status);
  });
  if (status !== 'SUCCEEDED') throw new Error(`${description} ended as ${status}`);
}

/** Makes an application with a load balancer of its name, and a pipeline `deploy` that replaces a version by another one. */
export async function makeDelivery(application: string): Promise<void> {
  await makeApplication(application);
  await task(application, 'load balancer', { type: 'upsertLoadBalancer', name: application, loadBalancerName: application, listeners: [{ protocol: 'http' }] });
  await savePipeline(application, 'deploy', [{ type: 'deploy', name: 'Deploy', clusters: [clusterOf(application, '${parameters.version}')] }], {
    parameterConfig: [{ name: 'version', required: true }],
  });
}

/** A cluster of a deploy stage; with `more` it has a stack, another strategy and so on. */
export function clusterOf(application: string, version: string, more: object = {}): object {
  return {
    account: 'local',
    cloudProvider: 'local',
    application,
    region: 'local',
    strategy: 'redblack',
    capacity: { min: 1, max: 4, desired: 2 },
    loadBalancers: [application],
    command: greeter,
    environment: { GREETER_VERSION: version },
    healthCheck: { type: 'http', path: '/health' },
    drainTimeoutMs: 2000,
    ...more,
  };
}

/** Runs the pipeline `deploy` to its success. */
export async function deployVersion(application: string, version: string): Promise<void> {
  await untilRun(await startPipeline(application, 'deploy', { version }), 'succeeds', ({ status }) => status === 'SUCCEEDED');
}

/** What journeys read of a server group. */
export interface Group {
  name: string;
  isDisabled: boolean;
  instances: { id: string; healthState: string }[];
}

/** An application's server groups. */
export function groupsOf(application: string): Promise<Group[]> {
  return ask<Group[]>('GET', `/applications/${application}/serverGroups`);
}
