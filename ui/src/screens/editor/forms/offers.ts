/** What of the install's is offered for a field: asked once, and shared by all fields that want the same. */
import { useQuery } from '@tanstack/react-query';

import { accounts } from '../../../gate/accounts';
import { applications } from '../../../gate/applications';
import { artifactAccounts, clusterNames, deploymentMonitors, loadBalancerNames, ownStrategies, serverGroupNames, serviceAccounts, subscriptions } from '../../../gate/choices';
import { client } from '../../../gate/client';
import { pipelineConfigs } from '../../../gate/configs';
import { ADDRESSES, notificationKinds } from '../../../gate/notifications';
import type { Fields } from '../../../gate/wire';
import { ancestors } from '../model';
import type { Choice, FormScope, Offer } from './spec';
import { regionsOf } from './stages/accounts';
import { isExpression } from './values';

const none: readonly Choice[] = [];

/** What is offered; nothing as long as it is not known, or for an expression. */
export function useOffers(offer: Offer | undefined, form: Fields, scope: FormScope): readonly Choice[] {
  const [key, ask] = offer === undefined ? [[], async () => none] as const : offered(offer, form, scope);
  const answer = useQuery({ queryKey: ['offers', offer, ...key], queryFn: ask, enabled: offer !== undefined, staleTime: 30_000 });
  return answer.data ?? none;
}

/** What the offer depends on, and how it is asked for. */
function offered(offer: Offer, form: Fields, { pipeline, stage }: FormScope): readonly [readonly unknown[], () => Promise<readonly Choice[]>] {
  const account = textOf(form['credentials']) ?? textOf(form['account']);
  // A stage may act on another application's clusters.
  const application = textOf(form['application']) ?? pipeline.application;
  switch (offer) {
    case 'accounts':
      return [[], async () => (await client.ensureQueryData(accounts)).map(({ name, cloudProvider }) => ({ value: name, label: cloudProvider && cloudProvider !== name ? `${name} (${cloudProvider})` : name }))];
    case 'regions':
      return [[account], async () => named(regionsOf(await client.ensureQueryData(accounts), account))];
    case 'clusters':
      return [[pipeline.application, account], async () => {
        const all = await client.ensureQueryData(clusterNames(pipeline.application));
        return named(Object.entries(all).flatMap(([owner, names]) => (account === undefined || owner === account ? names : [])));
      }];
    case 'serverGroups':
      return [[pipeline.application, account], async () => {
        const all = await client.ensureQueryData(serverGroupNames(pipeline.application));
        return named(all.filter((one) => account === undefined || one.account === account).map(({ name }) => name));
      }];
    case 'loadBalancers': {
      const provider = textOf(form['cloudProvider']);
      return [[provider], async () => (provider === undefined ? none : named((await client.ensureQueryData(loadBalancerNames(provider))).map(({ name }) => name)))];
    }
    case 'applications':
      return [[], async () => named((await client.ensureQueryData(applications)).map(({ name }) => name).toSorted())];
    case 'pipelines':
      return [[application, pipeline.id], async () => {
        const all = await client.ensureQueryData(pipelineConfigs(application));
        return all.filter(({ id }) => id !== pipeline.id).map(({ id, name }) => ({ value: id, label: name }));
      }];
    case 'strategies': {
      const owner = textOf(form['strategyApplication']) ?? pipeline.application;
      return [[owner], async () => (await client.ensureQueryData(ownStrategies(owner))).map(({ id, name }) => ({ value: id, label: name }))];
    }
    case 'stages': {
      const before = stage && ancestors(pipeline, stage.refId);
      const names = pipeline.stages.filter(({ refId }) => before?.has(refId) ?? true).map(({ name }) => name);
      return [names, async () => named(names)];
    }
    case 'expectedArtifacts': {
      const all = pipeline.expectedArtifacts.map((one) => ({ value: String(one['id'] ?? ''), label: String(one['displayName'] ?? one['id'] ?? '') })).filter(({ value }) => value !== '');
      return [all, async () => all];
    }
    case 'artifactAccounts':
      return [[], async () => named((await client.ensureQueryData(artifactAccounts)).map(({ name }) => name))];
    case 'artifactTypes': {
      const owner = textOf(form['artifactAccount']);
      return [[owner], async () => named((await client.ensureQueryData(artifactAccounts)).flatMap(({ name, types }) => (owner === undefined || owner === name ? types : [])))];
    }
    case 'serviceAccounts':
      return [[], async () => named(await client.ensureQueryData(serviceAccounts))];
    case 'subscriptions':
      return [[], async () => named((await client.ensureQueryData(subscriptions)).map(({ subscriptionName }) => subscriptionName))];
    case 'notificationKinds':
      return [[], async () => {
        const kinds = (await client.ensureQueryData(notificationKinds)).map(({ notificationType }) => notificationType.toLowerCase());
        // Where none can be sent they are written all the same, for the day when they can.
        return named(kinds.length === 0 ? Object.keys(ADDRESSES) : kinds);
      }];
    case 'monitors':
      return [[], async () => (await client.ensureQueryData(deploymentMonitors)).map(({ id, name }) => ({ value: id, label: name ?? id }))];
  }
}

function named(names: readonly string[]): Choice[] {
  return [...new Set(names)].map((value) => ({ value, label: value }));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && !isExpression(value) ? value : undefined;
}
