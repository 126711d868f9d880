/** A row that is wider than its place, such as tabs on a phone: what is chosen in it is brought into sight. */
import { type RefObject, useEffect, useRef } from 'react';

/** The place's reference. `chosen` says which one it is, and is no more than a sign that it is another one; `selector` finds it. */
export function useInSight<T extends HTMLElement>(chosen: string, selector: string): RefObject<T | null> {
  const place = useRef<T>(null);
  useEffect(() => {
    // In the frame, where the browser lays out anyway. Some rows have their parts a moment later than they are there themselves.
    let frame = requestAnimationFrame(() => {
      if (!bring(place.current, selector)) frame = requestAnimationFrame(() => bring(place.current, selector));
    });
    return () => cancelAnimationFrame(frame);
  }, [chosen, selector]);
  return place;
}

function bring(row: HTMLElement | null, selector: string): boolean {
  const one = row?.querySelector(selector);
  if (!row || !one) return false;
  const [around, within] = [row.getBoundingClientRect(), one.getBoundingClientRect()];
  row.scrollLeft += within.left + within.width / 2 - around.left - around.width / 2;
  return true;
}
