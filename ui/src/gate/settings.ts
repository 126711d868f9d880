/**
 * What the page was configured with: `window.spinnakerSettings`, which `settings.js` and then `settings-local.js` set,
 * by upstream's names. Read once, at start.
 */

/** The settings that this page reads; there may be more. */
export interface Settings {
  /** gate's address without a slash at its end. */
  readonly gateUrl: string;
  /** Whether users sign in. */
  readonly authEnabled: boolean;
  /** The zone that times are shown in, by its IANA name. */
  readonly defaultTimeZone: string;
  /** How often to ask where gate tells no events, in milliseconds. */
  readonly pollSchedule: number;
  /** What is switched on. */
  readonly feature: Readonly<Record<string, unknown>>;
  /** Stage types that are not offered. */
  readonly hiddenStages: readonly string[];
  /** The version of the program that served the page. */
  readonly version: string;
}

declare global {
  interface Window {
    spinnakerSettings?: Partial<Settings>;
  }
}

/** The settings with what is missing filled in. */
export function read(given: Partial<Settings> | undefined, page: { protocol: string; hostname: string }): Settings {
  const gate = given?.gateUrl || `${page.protocol}//${page.hostname}:8084`;
  return {
    gateUrl: gate.replace(/\/+$/, ''),
    authEnabled: given?.authEnabled === true,
    // To look up a zone takes a browser longer than anything else here, so it waits until a time is shown.
    get defaultTimeZone() {
      return zone(given);
    },
    pollSchedule: Math.max(1000, Number(given?.pollSchedule) || 30_000),
    feature: given?.feature ?? {},
    hiddenStages: given?.hiddenStages ?? [],
    version: String(given?.version ?? ''),
  };
}

/** The configured zone, unless it is none or users want their own. */
function zone(given: Partial<Settings> | undefined): string {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!given?.defaultTimeZone || given.feature?.['displayTimestampsInUserLocalTime'] === true) return own;
  try {
    Intl.DateTimeFormat('en', { timeZone: given.defaultTimeZone });
    return given.defaultTimeZone;
  } catch {
    return own;
  }
}

const here = typeof window === 'undefined' ? undefined : window;

/** The settings of this page. */
export const settings: Settings = read(
  here?.spinnakerSettings,
  here?.location ?? { protocol: 'http:', hostname: 'localhost' },
);
