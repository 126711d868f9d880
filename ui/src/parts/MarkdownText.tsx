/** Markdown as elements; loaded by `Markdown` alone. */
import Reader, { type Components } from 'react-markdown';
import gfm from 'remark-gfm';

import styles from './Markdown.module.css';

const heading: Components['h1'] = ({ children }) => <p className={styles.heading}>{children}</p>;

const components: Components = {
  h1: heading,
  h2: heading,
  h3: heading,
  h4: heading,
  h5: heading,
  h6: heading,
  a: ({ href, children }) =>
    href ? (
      <a href={href} target="_blank" rel="noreferrer">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    ),
  // The page asks nobody but gate for anything.
  img: ({ src, alt }) =>
    typeof src === 'string' && src !== '' ? (
      <a href={src} target="_blank" rel="noreferrer">
        {alt || src}
      </a>
    ) : null,
  // A list of things to tick is read, not ticked.
  input: ({ checked }) => <span aria-label={checked ? 'done' : 'to do'}>{checked ? '☑' : '☐'} </span>,
};

/** The text, drawn. */
export default function MarkdownText({ text }: { text: string }) {
  return (
    <div className={styles.markdown} dir="auto">
      <Reader remarkPlugins={[gfm]} components={components}>
        {text}
      </Reader>
    </div>
  );
}
