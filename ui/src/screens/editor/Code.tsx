/** Texts in CodeMirror: one to write in, and two side by side or in one that show what differs. In the page's colours. */
import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import { syntaxHighlighting } from '@codemirror/language';
import { unifiedMergeView } from '@codemirror/merge';
import { classHighlighter } from '@lezer/highlight';
import { basicSetup, EditorView } from 'codemirror';
import { useEffect, useRef } from 'react';

import styles from './Code.module.css';
import type { Language } from './text';

/** What every text has. The policy lets styles run by the page's nonce only. */
function common(language: Language, label: string) {
  const nonce = document.querySelector<HTMLElement>('script[nonce], link[nonce]')?.nonce ?? '';
  return [
    ...(nonce === '' ? [] : [EditorView.cspNonce.of(nonce)]),
    basicSetup,
    language === 'json' ? json() : yaml(),
    syntaxHighlighting(classHighlighter),
    EditorView.lineWrapping,
    // Reached by Tab, written in or not, so that what scrolls can be scrolled by keys.
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
  ];
}

/**
 * A text to write in. `value` is what it begins with; a later one takes the place of what is written, if that is another.
 * `at` is a place to go to, counted from 1.
 */
export function CodeField({
  label,
  language,
  value,
  onChange,
  isReadOnly = false,
  at,
  autoFocus = false,
}: {
  label: string;
  language: Language;
  value: string;
  onChange: (text: string) => void;
  isReadOnly?: boolean;
  at?: { line: number; column: number } | undefined;
  autoFocus?: boolean;
}) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const first = useRef(value);
  const tell = useRef(onChange);
  useEffect(() => {
    tell.current = onChange;
    first.current = value;
  });
  useEffect(() => {
    if (!place.current) return undefined;
    const made = new EditorView({
      parent: place.current,
      doc: first.current,
      extensions: [
        ...common(language, label),
        EditorView.editable.of(!isReadOnly),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((one) => one.isUserEvent('given'))) tell.current(update.state.doc.toString());
        }),
      ],
    });
    view.current = made;
    if (autoFocus) made.focus();
    return () => made.destroy();
  }, [language, label, isReadOnly, autoFocus]);
  useEffect(() => {
    const now = view.current?.state.doc.toString();
    if (view.current && now !== value) view.current.dispatch({ changes: { from: 0, to: now?.length ?? 0, insert: value }, userEvent: 'given' });
  }, [value]);
  useEffect(() => {
    if (!at || !view.current) return;
    const { doc } = view.current.state;
    const line = doc.line(Math.min(Math.max(1, at.line), doc.lines));
    view.current.dispatch({ selection: { anchor: Math.min(line.to, line.from + at.column - 1) }, scrollIntoView: true });
    view.current.focus();
  }, [at]);
  return <div ref={place} className={styles.code} />;
}

/** What `after` changes of `before`, in one text: what is gone, what is new, and a few lines around. */
export function Diff({ label, language = 'json', before, after }: { label: string; language?: Language; before: string; after: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return undefined;
    const view = new EditorView({
      parent: place.current,
      doc: after,
      extensions: [
        ...common(language, label),
        EditorView.editable.of(false),
        unifiedMergeView({ original: before, mergeControls: false, gutter: true, collapseUnchanged: { margin: 3, minSize: 6 }, diffConfig: { timeout: 500 } }),
      ],
    });
    return () => view.destroy();
  }, [label, language, before, after]);
  return <div ref={place} className={styles.code} data-diff="" />;
}
