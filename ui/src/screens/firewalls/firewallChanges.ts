/** What can be done to firewalls, as upstream's tasks with their jobs. */
import type { Firewall } from '../../gate/cloud';
import type { Fields } from '../../gate/wire';
import { type Change, taskChange } from '../infrastructure/change';

/** Where a firewall is, or is to be. */
export type FirewallPlace = Pick<Firewall, 'name' | 'account' | 'region' | 'cloudProvider'>;

/** Makes it, or changes it: these rules and no others. */
export function upsert(application: string, { name, account, region, cloudProvider }: FirewallPlace, rules: readonly Fields[], isNew: boolean): Change {
  const settings: Fields = { name, securityGroupName: name, application, region, regions: [region], credentials: account, account, ipIngress: rules };
  return taskChange(application, `${isNew ? 'Create' : 'Update'} Firewall: ${name}`, {
    title: isNew ? 'New firewall' : `Edit ${name}`,
    action: isNew ? 'Create' : 'Save',
    danger: false,
    says: [rules.length === 0 ? 'It lets nobody in.' : `It lets in what one of its ${rules.length === 1 ? 'rules allows: there is one' : `${rules.length} rules allows`}.`, 'Connections that are open stay.'],
    operations: { provider: cloudProvider, all: [{ upsertSecurityGroup: settings }] },
    jobs: [{ ...settings, cloudProvider, type: 'upsertSecurityGroup' }],
  });
}

/** Removes it. */
export function remove(application: string, firewall: Firewall): Change {
  const { name, account, region, cloudProvider, vpcId } = firewall;
  const settings: Fields = { securityGroupName: name, regions: [region], region, credentials: account, account, ...(vpcId ? { vpcId } : {}) };
  return taskChange(application, `Delete firewall: ${name} in ${account}:${region}`, {
    title: `Delete ${name}`,
    action: 'Delete',
    danger: true,
    typed: name,
    says: ['This cannot be undone.'],
    operations: { provider: cloudProvider, all: [{ deleteSecurityGroup: settings }] },
    jobs: [{ ...settings, cloudProvider, type: 'deleteSecurityGroup' }],
  });
}
