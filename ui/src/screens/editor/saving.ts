/** What is written to gate for the editor: the pipeline on the screen, or one change of the saved one. */
import { savePipeline } from '../../gate/configs';
import { type Pipeline, pipelineOf } from './model';
import type { Session } from './session';

/** Saves what is on the screen. A newer version of somebody else is a `GateError` of the kind `conflict`. */
export async function saveShown(session: Session): Promise<void> {
  const sent = session.pipeline;
  await session.whileSaving(async () => {
    const saved = await savePipeline({ ...sent, name: sent.name.trim() }, session.now.base.updateTs);
    session.saved(pipelineOf(saved), sent);
  });
}

/** Saves it though it was deleted meanwhile: it is there again, under its id. */
export async function saveAgain(session: Session): Promise<void> {
  const sent = session.pipeline;
  await session.whileSaving(async () => session.saved(pipelineOf(await savePipeline({ ...sent, name: sent.name.trim() })), sent));
}

/** Changes the saved pipeline at once, and what is on the screen likewise; other changes stay unsaved. */
export async function amend(session: Session, act: (pipeline: Pipeline) => Pipeline): Promise<void> {
  const { base } = session.now;
  await session.whileSaving(async () => session.amended(pipelineOf(await savePipeline(act(base), base.updateTs)), act));
}

/** Whether `theirs` was saved after `base`. */
export function isNewer(theirs: Pick<Pipeline, 'updateTs'>, base: Pick<Pipeline, 'updateTs'>): boolean {
  const [now, then] = [Number(theirs.updateTs), Number(base.updateTs)];
  return Number.isFinite(now) && Number.isFinite(then) ? now > then : theirs.updateTs !== base.updateTs;
}

/** When it was saved, in epoch milliseconds. */
export function savedAt({ updateTs }: Pick<Pipeline, 'updateTs'>): number | undefined {
  return Number(updateTs) || undefined;
}
