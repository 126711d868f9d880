/** `#/tasks/ID`: finds the application of a task, and goes on to its details. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Navigate } from '@tanstack/react-router';

import { task } from '../../gate/tasks';
import { Page } from '../../parts/Page';
import { Answer } from '../../parts/States';

const route = getRouteApi('/tasks/$taskId');

/** The screen: seen only while it is asked, or where there is none. */
export function FindTask() {
  const { taskId } = route.useParams();
  const query = useQuery(task(taskId));
  return (
    <Page label="Task">
      <Answer query={query} what="task">
        {({ application, execution, id }) => (
          <Navigate to="/applications/$application/tasks/$taskId" params={{ application: application ?? execution?.application ?? 'spinnaker', taskId: id }} replace />
        )}
      </Answer>
    </Page>
  );
}
