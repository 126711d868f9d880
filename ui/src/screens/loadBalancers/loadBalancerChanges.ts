/** What can be done to load balancers, as upstream's tasks with their jobs. What they listen on is the local provider's form. */
import type { LoadBalancer } from '../../gate/cloud';
import type { Fields } from '../../gate/wire';
import { type Change, taskChange } from '../infrastructure/change';

/** A listener as it is typed; without a port the agent takes a free one. */
export interface Listener {
  readonly protocol: 'http' | 'tcp';
  readonly port: string;
}

/** A load balancer as it is typed. */
export interface Draft {
  readonly account: string;
  readonly region: string;
  readonly provider: string;
  readonly name: string;
  readonly listeners: readonly Listener[];
  readonly firewalls: readonly string[];
}

/** One as it is, to be changed. */
export function draftOf(balancer: LoadBalancer): Draft {
  const { account, region, cloudProvider: provider, name } = balancer;
  const listeners = (balancer.listeners ?? []).map((listener): Listener => ({ protocol: listener['protocol'] === 'tcp' ? 'tcp' : 'http', port: String(listener['port'] ?? '') }));
  return { account, region, provider, name, listeners, firewalls: balancer.securityGroups ?? [] };
}

/** What is wrong with it. */
export function problemOf(draft: Draft, application: string): string | undefined {
  const own = new RegExp(`^${application.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:-|$)`, 'i');
  if (!own.test(draft.name)) return `Its name is ${application}, or begins with ${application}-.`;
  if (draft.account === '') return 'Choose an account.';
  if (draft.listeners.length === 0) return 'It listens on one port at least.';
  const ports = draft.listeners.map(({ port }) => port.trim()).filter((port) => port !== '');
  if (ports.some((port) => !/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65_535)) return 'A port is a number from 1 to 65535.';
  if (new Set(ports).size < ports.length) return 'Each listener has a port of its own.';
  return undefined;
}

/** Makes it, or changes it. */
export function upsert(application: string, draft: Draft, isNew: boolean): Change {
  const listeners = draft.listeners.map(({ protocol, port }) => (port.trim() === '' ? { protocol } : { protocol, port: Number(port) }));
  const settings: Fields = { name: draft.name, loadBalancerName: draft.name, region: draft.region, credentials: draft.account, account: draft.account, listeners, securityGroups: draft.firewalls };
  return taskChange(application, `${isNew ? 'Create' : 'Update'} Load Balancer: ${draft.name}`, {
    title: isNew ? 'New load balancer' : `Edit ${draft.name}`,
    action: isNew ? 'Create' : 'Save',
    danger: false,
    says: isNew
      ? ['It sends requests to the server groups that name it.']
      : ['Connections that are open go on for a while; new ones come by the new settings. Its time limits and its number of connections, which are not here, take their defaults.'],
    operations: { provider: draft.provider, all: [{ upsertLoadBalancer: settings }] },
    jobs: [{ ...settings, cloudProvider: draft.provider, type: 'upsertLoadBalancer' }],
  });
}

/** Removes it. */
export function remove(application: string, balancer: LoadBalancer): Change {
  const { name, account, region, cloudProvider } = balancer;
  const groups = (balancer.serverGroups ?? []).map((group) => group.name);
  const settings: Fields = { loadBalancerName: name, regions: [region], region, credentials: account, account };
  return taskChange(application, `Delete load balancer: ${name} in ${account}:${region}`, {
    title: `Delete ${name}`,
    action: 'Delete',
    danger: true,
    typed: name,
    says: [groups.length === 0 ? 'No server group stands behind it.' : `Requests do not reach ${groups.join(', ')} by it any more.`, 'This cannot be undone.'],
    operations: { provider: cloudProvider, all: [{ deleteLoadBalancer: settings }] },
    jobs: [{ ...settings, cloudProvider, type: 'deleteLoadBalancer', ...(balancer.vpcId ? { vpcId: balancer.vpcId } : {}) }],
  });
}
