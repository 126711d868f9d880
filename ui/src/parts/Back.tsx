/** The way back from a thing to the list that it stands in, before its name. */
import { createLink, type LinkComponent } from '@tanstack/react-router';
import { type AnchorHTMLAttributes, type Ref } from 'react';

import styles from './Back.module.css';
import { Icon } from './Icon';

interface AnchorProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  /** What it leads to. */
  'aria-label': string;
  ref?: Ref<HTMLAnchorElement>;
}

function Anchor({ ref, ...rest }: AnchorProps) {
  return (
    <a {...rest} ref={ref} className={styles.back}>
      <Icon name="left" />
    </a>
  );
}

const RoutedAnchor = createLink(Anchor);

/** The arrow; `aria-label` says where it leads to. */
export const Back: LinkComponent<typeof Anchor> = (props) => <RoutedAnchor {...props} />;
