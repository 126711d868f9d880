/**
 * Markdown that people wrote: headings, lists, links, tables, code. HTML in it is shown as text, pictures are links, and
 * addresses that run something are left out. What reads it is loaded when it is first needed; until then the text stands
 * as it was written.
 */
import { lazy, Suspense } from 'react';

import { Prose } from './Text';

const Rendered = lazy(() => import('./MarkdownText'));

/** The text. */
export function Markdown({ children }: { children: string }) {
  return (
    <Suspense fallback={<Prose>{children}</Prose>}>
      <Rendered text={children} />
    </Suspense>
  );
}
