/**
 * What was changed and not saved, kept in the browser: a reload, a crash or a closed tab loses nothing. Each tab has a draft of
 * its own for each pipeline; one that finds none takes a copy of the newest that another left. Where there is no room nothing
 * is kept.
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

const TAB = 'gennaker.tab';
/** The keys of other tabs' drafts of which this tab shows a copy, by pipeline. */
const taken = new Map<string, string>();
let tab: string | undefined;

/** The draft of a pipeline, if there is one: this tab's, else the newest of another. */
export function draftOf(id: string): Draft | undefined {
  const own = read(id, keyOf(id));
  if (own) return own;
  const others = keysOf(id).flatMap((key) => {
    const draft = read(id, key);
    return draft ? [{ key, draft }] : [];
  });
  const newest = others.toSorted((one, other) => other.draft.at - one.draft.at)[0];
  if (newest) taken.set(id, newest.key);
  return newest?.draft;
}

/** Keeps this tab's draft. */
export function keepDraft(id: string, draft: Draft): void {
  try {
    localStorage.setItem(keyOf(id), JSON.stringify(draft));
  } catch {
    // No room, or no place: what is on the screen stays there.
  }
}

/** Forgets this tab's draft of a pipeline, and the one that it was a copy of: a tab that still shows that one keeps it again. */
export function forgetDraft(id: string): void {
  try {
    localStorage.removeItem(keyOf(id));
    const copied = taken.get(id);
    if (copied !== undefined) localStorage.removeItem(copied);
    taken.delete(id);
  } catch {
    // Then there was none.
  }
}

/** What becomes of a pipeline's drafts by other tabs. */
export interface Watch {
  /** Another tab changes the pipeline too, or not any more. */
  readonly onOther: (isThere: boolean) => void;
  /** Another tab has forgotten this tab's draft. */
  readonly onForgotten: () => void;
}

/** Follows what other tabs do to the drafts of a pipeline, until the returned function is called. */
export function watchDrafts(id: string, { onOther, onForgotten }: Watch): () => void {
  const changing = new Set<string>();
  const hear = ({ key, newValue, storageArea }: StorageEvent): void => {
    if (storageArea !== localStorage || key === null || !isKeyOf(id, key)) return;
    if (key === keyOf(id)) {
      // Another tab with this one's name: a browser has made a copy of this tab.
      if (newValue !== null) rename();
      onForgotten();
      return;
    }
    if (newValue === null) changing.delete(key);
    else changing.add(key);
    onOther(changing.size > 0);
  };
  window.addEventListener('storage', hear);
  return () => window.removeEventListener('storage', hear);
}

function read(id: string, key: string): Draft | undefined {
  try {
    const value = JSON.parse(localStorage.getItem(key) ?? 'null') as Draft | null;
    const isDraft = value !== null && Array.isArray(value.pipeline?.stages) && Array.isArray(value.base?.stages) && value.pipeline.id === id;
    return isDraft ? value : undefined;
  } catch {
    return undefined;
  }
}

function keysOf(id: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => isKeyOf(id, key));
  } catch {
    return [];
  }
}

function isKeyOf(id: string, key: string): boolean {
  // Without a tab: of a version that had one draft for all tabs.
  return key === beginningOf(id) || key.startsWith(`${beginningOf(id)}.`);
}

function beginningOf(id: string): string {
  return `gennaker.pipeline.${id}`;
}

function keyOf(id: string): string {
  return `${beginningOf(id)}.${tabName()}`;
}

/** What this tab is called; a reload keeps it. */
function tabName(): string {
  try {
    tab ??= sessionStorage.getItem(TAB) ?? undefined;
  } catch {
    // Then it has another name after a reload, and takes a copy.
  }
  return tab ?? rename();
}

function rename(): string {
  // `crypto.randomUUID` is there with https only.
  tab = Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36)).join('');
  try {
    sessionStorage.setItem(TAB, tab);
  } catch {
    // Until the page is left.
  }
  return tab;
}
