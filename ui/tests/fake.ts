/** A gate that has nothing. Shapes are those of `src/gate/wire.ts` and `cloud.ts`. */
import type { Page } from 'playwright-core';

import { HEADERS } from './between';
import { gate } from './support';
import type { World } from './table';

const NOW = Date.UTC(2026, 0, 1);

/** What the addresses name: gate does not have it. */
export const NAMED: World = {
  application: 'ahoy',
  pipeline: '<script>alert(1)</script>',
  pipelineId: 'P0',
  run: 'E0',
  stage: '<script>alert(1)</script>',
  task: 'T0',
  group: '<script>alert(1)</script>-v001',
  instance: 'I0',
  balancer: '<script>alert(1)</script>',
  firewall: '<script>alert(1)</script>',
  job: '<script>alert(1)</script>',
  project: '<script>alert(1)</script>',
};

/** Answers by path: a part that is `*` is any. What is undefined is not there; what is not named is an empty list. */
type Answers = Readonly<Record<string, unknown>>;

const attributes = { name: NAMED.application, email: 'crew@example.com', cloudProviders: 'local', createTs: String(NOW), updateTs: String(NOW), lastModifiedBy: 'ann' };

/** A gate that has one application without anything. */
export const NOTHING: Answers = {
  'applications/ahoy': { name: NAMED.application, attributes },
  'applications/*': undefined,
  'projects/*': { id: 'R0', name: NAMED.project, config: {} },
  'pipelines/*': undefined,
  'tasks/*': undefined,
  'instances/*/*/*': undefined,
  'applications/*/serverGroups/*/*/*': undefined,
  'firewalls/*/*/*': undefined,
  'applications/*/jobs/*/*/*': {},
  'applications/*/clusters': {},
  firewalls: {},
  events: undefined,
  search: [{ totalMatches: 0, results: [] }],
  'admin/executions/active': { nodes: [], unowned: [], complete: true },
  'admin/health': {},
  'notifications/application/*': {},
  'schemas/stages': { $defs: {} },
  'capabilities/expressions': { functions: [] },
  version: { version: '1.0.0' },
  'auth/user': { username: 'ann' },
};

/** Lets the page talk to such a gate. What it says may be changed meanwhile. */
export async function pretend(page: Page, answers: () => Answers): Promise<void> {
  await page.route(`${gate}/**`, async (route) => {
    const url = new URL(route.request().url());
    const parts = url.pathname.split('/').slice(1);
    const known = answers();
    const name = Object.keys(known).find((path) => fits(path.split('/'), parts));
    const json = name === undefined ? [] : known[name];
    await route.fulfill(json === undefined ? { status: 404, headers: HEADERS, json: { message: 'It is not there.' } } : { headers: HEADERS, json }).catch(() => undefined);
  });
}

function fits(path: readonly string[], parts: readonly string[]): boolean {
  return path.length === parts.length && path.every((part, index) => part === '*' || part === parts[index]);
}
