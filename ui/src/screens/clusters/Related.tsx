/** Links to what a server group, and each of its instances, belongs to. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { ServerGroup } from '../../gate/cloud';
import { Name } from '../../parts/Text';

const SCREENS = {
  loadBalancer: '/applications/$application/loadBalancers/loadBalancerDetails/$provider/$account/$region/$vpcId/$name',
  firewall: '/applications/$application/firewalls/firewallDetails/$provider/$account/$region/$vpcId/$name',
} as const;

/** The links, a line each; undefined where there are no names. */
export function related(application: string, { cloudProvider, account, region }: ServerGroup, names: readonly string[] | undefined, kind: keyof typeof SCREENS): ReactNode {
  if (names === undefined || names.length === 0) return undefined;
  return (
    <ul>
      {names.map((name) => (
        <li key={name}>
          <Link to={SCREENS[kind]} params={{ application, provider: cloudProvider, account, region, vpcId: '-', name }}>
            <Name>{name}</Name>
          </Link>
        </li>
      ))}
    </ul>
  );
}
