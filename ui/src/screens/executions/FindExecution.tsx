/** `#/executions/ID`: finds the application of a run, and goes on to its details. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Navigate } from '@tanstack/react-router';

import { execution } from '../../gate/executions';
import { Page } from '../../parts/Page';
import { Answer } from '../../parts/States';

const route = getRouteApi('/executions/$executionId');

/** The screen: seen only while it is asked, or where there is none. */
export function FindExecution() {
  const { executionId } = route.useParams();
  const search = route.useSearch();
  const query = useQuery(execution(executionId));
  return (
    <Page label="Execution">
      <Answer query={query} what="execution">
        {({ application, id }) => <Navigate to="/applications/$application/executions/details/$executionId" params={{ application, executionId: id }} search={search} replace />}
      </Answer>
    </Page>
  );
}
