/** What a user likes and has looked at, kept in his browser. */
import { kept } from '../../parts/store';

const isNames = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((one) => typeof one === 'string');
const favourites = kept<readonly string[]>('gennaker.favourites', [], isNames);
const recent = kept<readonly string[]>('gennaker.recent', [], isNames);
const RECENT = 8;

/** The favourite applications, as a hook. */
export const useFavourites = favourites.use;

/** The applications that were looked at last, the newest first, as a hook. */
export const useRecent = recent.use;

/** Makes an application a favourite, or no longer one. */
export function toggleFavourite(application: string): void {
  const now = favourites.get();
  favourites.set(now.includes(application) ? now.filter((one) => one !== application) : [...now, application]);
}

/** Notes that an application is looked at. */
export function visited(application: string): void {
  if (recent.get()[0] === application) return;
  recent.set([application, ...recent.get().filter((one) => one !== application)].slice(0, RECENT));
}

/** Forgets an application that is gone. */
export function forget(application: string): void {
  favourites.set(favourites.get().filter((one) => one !== application));
  recent.set(recent.get().filter((one) => one !== application));
}
