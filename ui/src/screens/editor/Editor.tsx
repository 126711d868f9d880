/** `#/applications/A/executions/configure/ID`: a pipeline or a strategy is changed. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';

import { savedPipeline } from '../../gate/configs';
import { GateError } from '../../gate/errors';
import type { PipelineConfig } from '../../gate/wire';
import { ButtonLink } from '../../parts/Button';
import { Page } from '../../parts/Page';
import { Answer, Empty } from '../../parts/States';
import { toast } from '../../parts/Toasts';
import { draftOf } from './draft';
import { pipelineOf } from './model';
import { Session } from './session';
import { useDraft } from './useDraft';
import { Workbench } from './Workbench';

const route = getRouteApi('/applications/$application/executions/configure/$pipelineId');
/** How often it is looked whether somebody else saved it, in milliseconds. */
const LOOK_EVERY = 10_000;

/** The screen. */
export function Editor() {
  const { application, pipelineId } = route.useParams();
  const query = useQuery({ ...savedPipeline(application, pipelineId), refetchInterval: LOOK_EVERY });
  const isGone = query.error instanceof GateError && query.error.kind === 'missing';
  if (isGone && query.data === undefined) {
    return (
      <main id="main">
        <Empty
          title="There is no such pipeline"
          action={
            <ButtonLink to="/applications/$application/executions" params={{ application }}>
              All pipelines
            </ButtonLink>
          }
        >
          It may have been deleted, or the address is mistyped.
        </Empty>
      </main>
    );
  }
  if (query.data === undefined) {
    return (
      <Page label="Edit a pipeline">
        <Answer query={query} what="pipeline">
          {() => null}
        </Answer>
      </Page>
    );
  }
  return <Opened key={query.data.id} saved={query.data} isGone={isGone} />;
}

function Opened({ saved, isGone }: { saved: PipelineConfig; isGone: boolean }) {
  const [session] = useState(() => new Session(pipelineOf(saved), draftOf(saved.id), (why) => toast({ tone: 'info', text: why })));
  const isElsewhere = useDraft(session, saved.id);
  return <Workbench session={session} saved={saved} isGone={isGone} isElsewhere={isElsewhere} />;
}
