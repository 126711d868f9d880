/** A value that has not changed for a while. */
import { useEffect, useState } from 'react';

/** The value as it was when it last stayed the same for `pause` milliseconds; at first the value itself. */
export function useSettled<T>(value: T, pause: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause);
    return () => clearTimeout(timer);
  }, [value, pause]);
  return settled;
}
