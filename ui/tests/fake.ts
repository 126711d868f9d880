/** A gate that is made up, for states that real services would take too long to reach; and one that has nothing. */
import type { Page } from 'playwright-core';

import { HEADERS } from './between';
import { gate } from './support';
import type { World } from './table';

/** When everything happened. */
export const NOW = Date.UTC(2026, 0, 1);

/** Names as people write them, and as those do who mean harm: what is in the first would set `ran`. They sort first. */
export const ODD = {
  script: '0 <script>ran = true</script><img src="x" onerror="ran = true">',
  rightToLeft: '0 مرحبا שלום \u202etxet',
  emoji: '0 🎉👩‍🚀🏳️‍🌈',
  long: `0 ${'x'.repeat(4998)}`,
} as const;

/** What the addresses name. */
export const NAMED: World = {
  application: ODD.script,
  pipeline: ODD.rightToLeft,
  pipelineId: 'P1',
  run: 'E0',
  stage: ODD.long,
  task: 'T0',
  group: `${ODD.long}-v001`,
  instance: ODD.emoji,
  balancer: ODD.script,
  firewall: ODD.rightToLeft,
  job: ODD.emoji,
  project: ODD.long,
};

/**
 * Answers by path, in the shapes of `src/gate/wire.ts` and `cloud.ts`. A part that is `*` is any, and a path with fewer of them
 * goes first. What is undefined is not there; what is not named is an empty list; an `Error` is refused with its message; a
 * function answers by the whole address.
 */
export type Answers = Readonly<Record<string, unknown>>;

/** The application's path. */
export const APPLICATION = `applications/${encodeURIComponent(NAMED.application)}`;

/** What an application says of itself. */
export const ATTRIBUTES = { name: NAMED.application, email: 'crew@example.com', cloudProviders: 'local', createTs: String(NOW), updateTs: String(NOW), lastModifiedBy: 'ann' };

/** A gate that has one application without anything. */
export const NOTHING: Answers = {
  [APPLICATION]: { name: NAMED.application, attributes: ATTRIBUTES },
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

/** Lets the page talk to such a gate. */
export async function pretend(page: Page, answers: Answers): Promise<void> {
  const paths = Object.keys(answers)
    .map((path) => path.split('/'))
    .toSorted((one, other) => starsIn(one) - starsIn(other));
  await page.route(`${gate}/**`, async (route) => {
    const url = new URL(route.request().url());
    const parts = url.pathname.split('/').slice(1);
    const path = paths.find((one) => fits(one, parts))?.join('/');
    const named = path === undefined ? [] : answers[path];
    const answer: unknown = typeof named === 'function' ? named(url) : named;
    // The page may have left, and the request with it.
    await route.fulfill({ ...told(answer), headers: HEADERS, contentType: 'application/json' }).catch(() => undefined);
  });
}

function told(answer: unknown): { status: number; body: string } {
  if (answer === undefined) return { status: 404, body: JSON.stringify({ message: 'It is not there.' }) };
  if (answer instanceof Error) return { status: 400, body: JSON.stringify({ message: answer.message }) };
  return { status: 200, body: textOf(answer as object) };
}

const texts = new WeakMap<object, string>();

/** An answer as JSON, which is written once. */
function textOf(answer: object): string {
  const text = texts.get(answer) ?? JSON.stringify(answer);
  texts.set(answer, text);
  return text;
}

function starsIn(path: readonly string[]): number {
  return path.filter((part) => part === '*').length;
}

function fits(path: readonly string[], parts: readonly string[]): boolean {
  return path.length === parts.length && path.every((part, index) => part === '*' || part === parts[index]);
}
