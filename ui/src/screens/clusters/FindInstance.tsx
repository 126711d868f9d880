/** `#/instance/PROVIDER/ACCOUNT/REGION/ID`: finds the application of an instance, and goes on to its details. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Navigate } from '@tanstack/react-router';

import { instance } from '../../gate/serverGroups';
import { Page } from '../../parts/Page';
import { Answer } from '../../parts/States';

const route = getRouteApi('/instance/$provider/$account/$region/$instanceId');

/** The screen: seen only while it is asked, or where there is none. */
export function FindInstance() {
  const { provider, account, region, instanceId } = route.useParams();
  const query = useQuery(instance('', account, region, instanceId));
  return (
    <Page label="Instance">
      <Answer query={query} what="instance">
        {({ application = 'spinnaker' }) => <Navigate to="/applications/$application/clusters/instanceDetails/$provider/$instanceId" params={{ application, provider, instanceId }} replace />}
      </Answer>
    </Page>
  );
}
