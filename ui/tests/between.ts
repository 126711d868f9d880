/** What stands between the page and gate: a journey changes it while the page looks. */
import type { Page, Route } from 'playwright-core';

import { deck, gate } from './support';

/** How the way to gate is: `slow` holds every answer until it is something else. */
export type Way = 'fine' | 'away' | 'broken' | 'signedOut' | 'slow';

/** What a gate that is broken says. */
export const BURNS = { message: 'the store <b>burns</b>', requestId: 'R-4711' } as const;

/** What the browser has to be told of an answer that no gate gave. */
export const HEADERS = {
  'access-control-allow-origin': new URL(deck).origin,
  'access-control-allow-credentials': 'true',
  'access-control-allow-headers': '*,x-ratelimit-app,content-type,accept',
};

/** The way of one page. */
export class Between {
  private way: Way = 'fine';
  private passes: RegExp | undefined;
  private readonly held = new Set<() => void>();

  /** Stands between a page and gate from now on. */
  static async of(page: Page): Promise<Between> {
    const own = new Between();
    await page.route(`${gate}/**`, (route) => own.handle(route));
    return own;
  }

  /** Changes it; what was held goes on. Requests whose path and query match `passes` reach gate all the same. */
  set(way: Way, passes?: RegExp): void {
    this.way = way;
    this.passes = passes;
    const held = [...this.held];
    this.held.clear();
    for (const go of held) go();
  }

  private async handle(route: Route): Promise<void> {
    const { pathname, search } = new URL(route.request().url());
    const isPassing = (): boolean => this.passes?.test(pathname + search) === true;
    while (this.way === 'slow' && !isPassing()) await new Promise<void>((go) => this.held.add(go));
    try {
      if (this.way === 'fine' || isPassing()) await route.continue();
      else if (this.way === 'away') await route.abort();
      else if (this.way === 'broken') await route.fulfill({ status: 500, headers: HEADERS, json: BURNS });
      else await route.fulfill({ status: 401, headers: HEADERS, json: { message: 'Unauthorized' } });
    } catch {
      // The page has left, and the request with it.
    }
  }
}
