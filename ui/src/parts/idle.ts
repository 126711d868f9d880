/** Work that nothing on the screen waits for. */

/** Does it when the browser has nothing better to do, unless the returned function is called before. */
export function whenIdle(act: () => void): () => void {
  // Not every browser tells when that is.
  if (globalThis.requestIdleCallback === undefined) {
    const timer = setTimeout(act, 200);
    return () => clearTimeout(timer);
  }
  const callback = requestIdleCallback(act);
  return () => cancelIdleCallback(callback);
}
