/**
 * What was changed and not saved, kept in the browser: a reload, a crash or a closed tab loses nothing. One draft a pipeline,
 * the newest; where there is no room it is not kept.
 */
import type { Pipeline } from './model';
import type { Language } from './text';

/** Unsaved changes. */
export interface Draft {
  readonly pipeline: Pipeline;
  /** The saved version that they were made of. */
  readonly base: Pipeline;
  /** A text that was typed and is no pipeline yet. */
  readonly unread?: { readonly language: Language; readonly text: string } | undefined;
  /** When, in epoch milliseconds. */
  readonly at: number;
}

/** The draft of a pipeline, if there is one. */
export function draftOf(id: string): Draft | undefined {
  try {
    const value = JSON.parse(localStorage.getItem(keyOf(id)) ?? 'null') as Draft | null;
    const isDraft = value !== null && Array.isArray(value.pipeline?.stages) && Array.isArray(value.base?.stages) && value.pipeline.id === id;
    return isDraft ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a draft. */
export function keepDraft(id: string, draft: Draft): void {
  try {
    localStorage.setItem(keyOf(id), JSON.stringify(draft));
  } catch {
    // No room, or no place: what is on the screen stays there.
  }
}

/** Forgets the draft of a pipeline. */
export function forgetDraft(id: string): void {
  try {
    localStorage.removeItem(keyOf(id));
  } catch {
    // Then there was none.
  }
}

function keyOf(id: string): string {
  return `gennaker.pipeline.${id}`;
}
