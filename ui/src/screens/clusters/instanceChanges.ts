/** What can be done to an instance, as upstream's tasks with their jobs, and as the cloud's operations to plan by. */
import type { Instance } from '../../gate/cloud';
import type { Fields } from '../../gate/wire';
import { type Change, taskChange } from '../infrastructure/change';

/** Where an instance is. */
export interface InstancePlace {
  readonly account: string;
  readonly region: string;
  readonly provider: string;
  readonly serverGroup: string | undefined;
}

function jobOf(instance: Instance, place: InstancePlace): Fields {
  return {
    instanceIds: [instance.id],
    region: place.region,
    zone: instance.zone ?? instance.availabilityZone,
    credentials: place.account,
    cloudProvider: place.provider,
    ...(place.serverGroup === undefined ? {} : { serverGroupName: place.serverGroup, asgName: place.serverGroup }),
  };
}

function operationOf(instance: Instance, place: InstancePlace): Fields {
  return { ...jobOf(instance, place), account: place.account, instance: instance.id };
}

/** Ends it; its server group replaces it. */
export function terminate(application: string, instance: Instance, place: InstancePlace): Change {
  return taskChange(application, `Terminate instance: ${instance.id}`, {
    title: `Terminate ${instance.id}`,
    action: 'Terminate',
    danger: true,
    says: ['It leaves traffic and ends.', place.serverGroup === undefined ? 'It belongs to no server group: nothing replaces it.' : `${place.serverGroup} starts another one in its place.`],
    operations: { provider: place.provider, all: [{ terminateInstances: operationOf(instance, place) }] },
    jobs: [{ ...jobOf(instance, place), type: 'terminateInstances' }],
  });
}

/** Ends it, and its server group has one less. */
export function terminateAndShrink(application: string, instance: Instance, place: InstancePlace): Change {
  const settings = { instance: instance.id, adjustMinIfNecessary: true, setMaxToNewDesired: false };
  return taskChange(application, `Terminate instance ${instance.id} and shrink ${place.serverGroup}`, {
    title: `Terminate ${instance.id} and shrink`,
    action: 'Terminate',
    danger: true,
    says: ['It leaves traffic and ends.', `${place.serverGroup} has one instance less afterwards; its minimum gives way if it has to.`],
    operations: { provider: place.provider, all: [{ terminateInstanceAndDecrementServerGroup: { ...operationOf(instance, place), ...settings } }] },
    jobs: [{ ...jobOf(instance, place), ...settings, type: 'terminateInstanceAndDecrementServerGroup' }],
  });
}

/** Restarts it. */
export function reboot(application: string, instance: Instance, place: InstancePlace): Change {
  return taskChange(application, `Reboot instance: ${instance.id}`, {
    title: `Reboot ${instance.id}`,
    action: 'Reboot',
    danger: true,
    says: ['It takes no requests until it is up again.'],
    operations: { provider: place.provider, all: [{ rebootInstances: operationOf(instance, place) }] },
    jobs: [{ ...jobOf(instance, place), type: 'rebootInstances' }],
  });
}

/** Behind its load balancers. */
export function register(application: string, instance: Instance, place: InstancePlace, loadBalancerNames: readonly string[]): Change {
  return taskChange(application, `Register instance: ${instance.id}`, {
    title: `Register ${instance.id}`,
    action: 'Register',
    danger: false,
    says: [`${loadBalancerNames.join(', ')} sends it requests again.`],
    operations: { provider: place.provider, all: [{ registerInstancesWithLoadBalancer: { ...operationOf(instance, place), loadBalancerNames } }] },
    jobs: [{ ...jobOf(instance, place), type: 'registerInstancesWithLoadBalancer', loadBalancerNames }],
  });
}

/** From behind its load balancers. */
export function deregister(application: string, instance: Instance, place: InstancePlace, loadBalancerNames: readonly string[]): Change {
  return taskChange(application, `Deregister instance: ${instance.id}`, {
    title: `Deregister ${instance.id}`,
    action: 'Deregister',
    danger: true,
    says: [`${loadBalancerNames.join(', ')} sends it no more requests. It goes on running, and can be registered again.`],
    operations: { provider: place.provider, all: [{ deregisterInstancesFromLoadBalancer: { ...operationOf(instance, place), loadBalancerNames } }] },
    jobs: [{ ...jobOf(instance, place), type: 'deregisterInstancesFromLoadBalancer', loadBalancerNames }],
  });
}
