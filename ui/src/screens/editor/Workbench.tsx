/** The editor around one pipeline: its head with what can be done, its parts as tabs, and the dialogs. */
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';

import type { PipelineConfig } from '../../gate/wire';
import { messageOf } from '../../gate/errors';
import { useInSight } from '../../parts/inSight';
import { Page } from '../../parts/Page';
import { sentence } from '../../parts/sentence';
import { Loading } from '../../parts/States';
import { toast } from '../../parts/Toasts';
import { Conflict } from './Conflict';
import { forgetDraft } from './draft';
import { PipelineForm, type Section } from './forms';
import { Head } from './Head';
import { LeaveDialog } from './LeaveDialog';
import { type Pipeline, pipelineOf, stage as find } from './model';
import { lockOf, Notices } from './Notices';
import { DeleteDialog, DisableDialog, LockDialog, RenameDialog, UnlockDialog } from './PipelineDialogs';
import { PlanDialog } from './PlanDialog';
import { Review } from './Review';
import { isNewer, saveAgain } from './saving';
import type { Session } from './session';
import { AddDialog, MoveDialog, WaitsDialog } from './StageDialogs';
import type { Line } from './StageGraph';
import { Stages } from './Stages';
import { TextView } from './TextView';
import { useEditorKeys } from './useEditorKeys';
import { Versions } from './Versions';
import styles from './Workbench.module.css';

const route = getRouteApi('/applications/$application/executions/configure/$pipelineId');
const TemplateView = lazy(() => import('./TemplateView').then((module) => ({ default: module.TemplateView })));

/** What is open over the editor. */
export type Open = 'add' | 'addFirst' | 'waits' | 'move' | 'review' | 'conflict' | 'versions' | 'plan' | 'rename' | 'disable' | 'lock' | 'unlock' | 'delete';

const TABS: readonly { id: string; label: string; isForm?: true }[] = [
  { id: 'stages', label: 'Stages' },
  { id: 'triggers', label: 'Triggers', isForm: true },
  { id: 'parameters', label: 'Parameters', isForm: true },
  { id: 'notifications', label: 'Notifications', isForm: true },
  { id: 'artifacts', label: 'Artifacts', isForm: true },
  { id: 'settings', label: 'Settings', isForm: true },
  { id: 'json', label: 'JSON' },
  { id: 'yaml', label: 'YAML' },
];

/** The workbench. `saved` is what gate keeps now; `isElsewhere` says that another tab changes it too. */
export function Workbench({ session, saved, isGone, isElsewhere }: { session: Session; saved: PipelineConfig; isGone: boolean; isElsewhere: boolean }) {
  const { history, base, isChanged, isSaving, unread, chosen } = session.use();
  const pipeline = history.now;
  const search = route.useSearch();
  const navigate = useNavigate();
  const [open, setOpen] = useState<Open>();
  const [line, setLine] = useState<Line>();
  const section = search.section ?? 'stages';
  const tabs = useInSight<HTMLDivElement>(section, '[data-selected]');
  const stage = find(pipeline, chosen);
  const theirs = !isSaving && isNewer(saved, base) ? saved : undefined;
  const isUnsaved = isChanged || unread !== undefined;
  const lock = lockOf(base);
  const isReadOnly = lock !== undefined;
  const isTemplated = pipeline.schema === 'v2';
  const close = (): void => setOpen(undefined);
  const show = (next: string): void =>
    void navigate({ to: '/applications/$application/executions/configure/$pipelineId', params: { application: base.application, pipelineId: saved.id }, search: (before) => ({ ...before, section: next === 'stages' ? undefined : next }), replace: true });
  const leave = (): void => void navigate({ to: '/applications/$application/executions', params: { application: base.application } });

  useEffect(() => {
    if (!theirs || isUnsaved) return;
    // Nothing is changed here: what is newer is shown.
    const newer = pipelineOf(theirs);
    session.rebase(newer);
    session.take(`Take what ${newer.lastModifiedBy ?? 'somebody'} saved`, newer);
    toast({ tone: 'info', text: sentence`${newer.lastModifiedBy ?? 'Somebody'} saved this pipeline. You see the newest version.` });
  }, [theirs, isUnsaved, session]);

  useEditorKeys({ session, open: setOpen, line, setLine, show, section, isReadOnly, isTemplated });

  return (
    <Page label={`Edit ${base.name}`} full>
      <Head session={session} isReadOnly={isReadOnly} lock={lock} onOpen={setOpen} />
      <Notices
        session={session}
        theirs={theirs && isUnsaved ? pipelineOf(theirs) : undefined}
        isGone={isGone}
        isElsewhere={isElsewhere}
        lock={lock}
        onConflict={() => setOpen('conflict')}
        onSaveAgain={() => void saveAgain(session).catch((error: unknown) => toast({ tone: 'bad', text: messageOf(error) }))}
      />
      <Tabs selectedKey={section} onSelectionChange={(key) => show(String(key))} className={styles.tabs ?? ''}>
        <TabList ref={tabs} aria-label="Parts of the pipeline" className={styles.tabList ?? ''}>
          {TABS.map(({ id, label }) => (
            <Tab key={id} id={id} className={styles.tab ?? ''}>
              {id === 'stages' && isTemplated ? 'Template' : label}
              <Count pipeline={pipeline} of={id} />
            </Tab>
          ))}
        </TabList>
        {TABS.map(({ id, isForm }) => (
          <TabPanel key={id} id={id} className={styles.tabPanel ?? ''}>
            {id === 'stages' &&
              (isTemplated ? (
                <Suspense fallback={<Loading what="the template" />}>
                  <TemplateView session={session} isReadOnly={isReadOnly} />
                </Suspense>
              ) : (
                <Stages session={session} isReadOnly={isReadOnly} line={line} onLine={setLine} onOpen={setOpen} />
              ))}
            {isForm && (
              <fieldset className={styles.fields} disabled={isReadOnly}>
                <legend className="unseen">{id}</legend>
                <PipelineForm section={id as Section} pipeline={pipeline} onChange={(next) => session.type(`Change the ${id}`, () => next)} />
              </fieldset>
            )}
            {(id === 'json' || id === 'yaml') && <TextView session={session} language={id} isReadOnly={isReadOnly} />}
          </TabPanel>
        ))}
      </Tabs>
      {open === 'add' && <AddDialog session={session} after={stage} onClose={close} />}
      {open === 'addFirst' && <AddDialog session={session} after={undefined} onClose={close} />}
      {open === 'waits' && stage && <WaitsDialog session={session} stage={stage} onClose={close} />}
      {open === 'move' && stage && <MoveDialog session={session} stage={stage} onClose={close} />}
      {open === 'review' && <Review session={session} onClose={close} onConflict={() => setOpen('conflict')} />}
      {open === 'conflict' && <Conflict session={session} theirs={pipelineOf(saved)} onClose={close} onKept={() => setOpen('review')} />}
      {open === 'versions' && <Versions session={session} isReadOnly={isReadOnly} onClose={close} />}
      {open === 'plan' && <PlanDialog session={session} onClose={close} />}
      {open === 'rename' && <RenameDialog session={session} onClose={close} />}
      {open === 'disable' && <DisableDialog session={session} onClose={close} />}
      {open === 'lock' && <LockDialog session={session} onClose={close} />}
      {open === 'unlock' && <UnlockDialog session={session} onClose={close} />}
      {open === 'delete' && (
        <DeleteDialog
          session={session}
          onClose={close}
          onDeleted={() => {
            session.settle();
            forgetDraft(saved.id);
            leave();
          }}
        />
      )}
      <LeaveDialog session={session} onSave={() => setOpen('review')} />
    </Page>
  );
}

/** How many there are of a part. */
function Count({ pipeline, of }: { pipeline: Pipeline; of: string }) {
  const list = { stages: pipeline.stages, triggers: pipeline.triggers, parameters: pipeline.parameterConfig, notifications: pipeline.notifications, artifacts: pipeline.expectedArtifacts }[of];
  if (!list || list.length === 0) return null;
  return <span className={styles.count}>{list.length}</span>;
}
