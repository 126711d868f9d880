/** A text that may be long: it scrolls in the height that its style gives it, and where it does the keyboard reaches it. */
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';

/** The text, in an element of the kind `as`. */
export function Long({ as: Kind = 'div', className, children }: { as?: 'code' | 'dd' | 'div' | 'p' | 'pre'; className?: string | undefined; children: ReactNode }) {
  const place = useRef<HTMLElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const measure = (): void => setScrolls(element.scrollHeight > element.clientHeight + 1);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [children]);
  return (
    <Kind ref={place as never} className={className} dir="auto" tabIndex={scrolls ? 0 : undefined}>
      {children}
    </Kind>
  );
}
