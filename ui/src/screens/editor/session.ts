/**
 * A pipeline that is being edited: what it is now, what it was made of, what is chosen; steps back and forth. It outlives
 * renders, so that two keys in one moment are two changes. No component, no request.
 */
import { messageOf } from '../../gate/errors';
import { store } from '../../parts/store';
import { isUnchanged } from './changes';
import type { Draft } from './draft';
import { begin, change, type History, redo, undo } from './history';
import { inOrder, type Pipeline, removeStage } from './model';
import type { Language } from './text';

/** A text that is no pipeline yet. */
export interface Unread {
  readonly language: Language;
  readonly text: string;
}

/** Everything about it. */
export interface State {
  readonly history: History<Pipeline>;
  /** The saved version that the changes are made of. */
  readonly base: Pipeline;
  readonly isChanged: boolean;
  /** The stage that is chosen. */
  readonly chosen: string | undefined;
  /** A text that was typed and cannot be applied yet. */
  readonly unread: Unread | undefined;
  /** Whether it is being saved: a newer version is its own then. */
  readonly isSaving: boolean;
  /** When the changes were made that an earlier visit left, in epoch milliseconds. */
  readonly restored: number | undefined;
}

/** A visit to the editor. `onRefused` is told why something cannot be done. */
export class Session {
  private readonly state;

  constructor(
    saved: Pipeline,
    draft: Draft | undefined,
    private readonly onRefused: (why: string) => void,
    private readonly clock: () => number = Date.now,
  ) {
    const base = draft?.base ?? saved;
    const isChanged = draft !== undefined && (!isUnchanged(draft.base, draft.pipeline) || draft.unread !== undefined);
    const now = isChanged ? draft.pipeline : saved;
    this.state = store<State>({
      history: isChanged ? change(begin(base), now, 'Changes of an earlier visit', 0) : begin(saved),
      base: isChanged ? base : saved,
      isChanged,
      chosen: inOrder(now)[0]?.refId,
      unread: isChanged ? draft.unread : undefined,
      isSaving: false,
      restored: isChanged ? draft.at : undefined,
    });
  }

  /** The state, as a hook. */
  readonly use = (): State => this.state.use();

  get now(): State {
    return this.state.get();
  }

  get pipeline(): Pipeline {
    return this.now.history.now;
  }

  /** Changes it. `does` says what is done: `Add a stage`. Answers whether it could be done. */
  edit(does: string, act: (pipeline: Pipeline) => Pipeline, isTyped = false): boolean {
    try {
      this.show(change(this.now.history, act(this.pipeline), does, this.clock(), isTyped));
      return true;
    } catch (refusal) {
      this.onRefused(messageOf(refusal));
      return false;
    }
  }

  /** Changes it by a letter in a field: what is typed in one go is undone at once. */
  type(does: string, act: (pipeline: Pipeline) => Pipeline): boolean {
    return this.edit(does, act, true);
  }

  /** Changes it by what makes a stage, which is chosen then. */
  make(does: string, act: (pipeline: Pipeline) => { pipeline: Pipeline; refId: string }): void {
    let made = '';
    const done = this.edit(does, (pipeline) => {
      const { pipeline: next, refId } = act(pipeline);
      made = refId;
      return next;
    });
    if (done) this.choose(made);
  }

  /** Removes a stage, and chooses the one before it. */
  remove(refId: string): void {
    const order = inOrder(this.pipeline);
    const place = order.findIndex((one) => one.refId === refId);
    const next = order[place - 1] ?? order[place + 1];
    if (this.edit('Delete a stage', (pipeline) => removeStage(pipeline, refId))) this.choose(next?.refId);
  }

  undo(): void {
    this.show(undo(this.now.history));
  }

  redo(): void {
    this.show(redo(this.now.history));
  }

  choose(chosen: string | undefined): void {
    this.set({ chosen });
  }

  /** Chooses the stage so many places on, in the order of the list. */
  walk(by: number): void {
    const order = inOrder(this.pipeline);
    const place = order.findIndex((one) => one.refId === this.now.chosen);
    const next = order[place < 0 ? 0 : Math.max(0, Math.min(order.length - 1, place + by))];
    if (next) this.choose(next.refId);
  }

  /** Keeps a text that cannot be applied, or forgets it. */
  leaveUnread(unread: Unread | undefined): void {
    this.set({ unread });
  }

  /** It was saved as `saved`; what was changed meanwhile stays changed. `sent` is what was sent. */
  saved(saved: Pipeline, sent: Pipeline): void {
    const { history, chosen } = this.now;
    const now = history.now === sent ? saved : history.now;
    this.set({ history: { ...history, now }, base: saved, isChanged: !isUnchanged(saved, now), restored: undefined, chosen });
  }

  /** The saved pipeline was changed by `act`, and what is on the screen is likewise. */
  amended(saved: Pipeline, act: (pipeline: Pipeline) => Pipeline): void {
    const { history } = this.now;
    const now = act(history.now);
    this.set({ history: { ...history, now }, base: saved, isChanged: !isUnchanged(saved, now) });
  }

  /** Marks it as being saved while `act` runs. */
  async whileSaving(act: () => Promise<void>): Promise<void> {
    this.set({ isSaving: true });
    try {
      await act();
    } finally {
      this.set({ isSaving: false });
    }
  }

  /** Somebody else's version is what changes are made of from now on; what is on the screen stays. */
  rebase(theirs: Pipeline): void {
    this.set({ base: theirs, isChanged: !isUnchanged(theirs, this.pipeline) });
  }

  /** Shows this version instead, as one step that can be undone. */
  take(does: string, version: Pipeline): void {
    this.show(change(this.now.history, version, does, this.clock()));
  }

  /** Drops what was changed since it was saved, as one step that can be undone. */
  revert(): void {
    this.set({ unread: undefined, restored: undefined });
    this.take('Drop the changes', this.now.base);
  }

  /** Takes all that is not saved for dropped: nothing is kept of it when the editor is left. */
  settle(): void {
    const { base } = this.now;
    this.set({ history: begin(base), isChanged: false, unread: undefined, restored: undefined });
  }

  /** What an earlier visit left is accepted: nothing is said of it any more. */
  accept(): void {
    this.set({ restored: undefined });
  }

  private show(history: History<Pipeline>): void {
    const { chosen, base } = this.now;
    const isThere = history.now.stages.some(({ refId }) => refId === chosen);
    this.set({ history, isChanged: !isUnchanged(base, history.now), chosen: isThere ? chosen : inOrder(history.now)[0]?.refId });
  }

  private set(next: Partial<State>): void {
    this.state.set({ ...this.now, ...next });
  }
}
