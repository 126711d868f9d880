/**
 * Keys that do something on a screen. A screen names its own with `useShortcuts`; `?` lists all that hold now.
 *
 * They do not hold while somebody types or a dialog is open. `g a` is `g`, then `a`.
 */
import { useEffect, useRef } from 'react';

import { store } from '../parts/store';

/** A key with what it does. */
export interface Shortcut {
  /** One key, or two after one another: `?`, `g a`. */
  readonly keys: string;
  /** What it does, for the list. */
  readonly does: string;
  readonly act: () => void;
}

const groups = store<readonly { readonly title: string; readonly shortcuts: readonly Shortcut[] }[]>([]);
const BETWEEN = 1200;

/** The groups that hold now, as a hook. */
export const useShortcutGroups = groups.use;

/** Lets these keys hold while the component is there. */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const newest = useRef(shortcuts);
  useEffect(() => {
    newest.current = shortcuts;
  });
  const keys = shortcuts.map((one) => `${one.keys}\n${one.does}`).join('\n');
  useEffect(() => {
    const group = {
      title,
      shortcuts: newest.current.map((one, index) => ({ ...one, act: () => newest.current[index]?.act() })),
    };
    groups.set([...groups.get(), group]);
    return () => groups.set(groups.get().filter((one) => one !== group));
  }, [title, keys]);
}

let first: { key: string; at: number } | undefined;

/** Listens to the keyboard; once a page. */
export function listenToKeys(): void {
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const all = groups.get().flatMap((group) => group.shortcuts);
    const before = first !== undefined && event.timeStamp - first.at < BETWEEN ? `${first.key} ` : '';
    first = undefined;
    const found = all.findLast((one) => one.keys === before + event.key) ?? all.findLast((one) => one.keys === event.key);
    if (found) {
      event.preventDefault();
      found.act();
    } else if (all.some((one) => one.keys.startsWith(`${event.key} `))) {
      first = { key: event.key, at: event.timeStamp };
    }
  });
}

function isTyping(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"], [role="alertdialog"]') !== null) return true;
  const element = target instanceof HTMLElement ? target : null;
  // A box that is checked or not takes no letters.
  return element !== null && (element.isContentEditable || element.matches('textarea, select, input:not([type="checkbox"], [type="radio"])'));
}
