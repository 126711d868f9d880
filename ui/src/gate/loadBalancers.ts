/** Load balancers: `/applications/{application}/loadBalancers` and `/loadBalancers`. */
import { queryOptions } from '@tanstack/react-query';

import type { LoadBalancer } from './cloud';
import { GateError } from './errors';
import { get, path } from './http';

/** An application's load balancers. */
export function loadBalancers(application: string) {
  return queryOptions({
    queryKey: ['loadBalancers', application],
    queryFn: ({ signal }) => get<LoadBalancer[]>(path('applications', application, 'loadBalancers'), { signal }),
  });
}

/** One load balancer, whole. */
export function loadBalancer(application: string, provider: string, account: string, region: string, name: string) {
  return queryOptions({
    queryKey: ['loadBalancers', application, 'one', provider, account, region, name],
    queryFn: async ({ signal }) => {
      const found = await get<LoadBalancer[]>(path('loadBalancers', account, region, name), { signal, query: { provider } });
      const one = found[0];
      if (!one) throw new GateError('missing', `There is no load balancer ${name} in ${account}/${region}.`, 404);
      return one;
    },
  });
}
