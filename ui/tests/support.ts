/**
 * What every journey needs: Chromium, a page that complains of what a user would, and gate.
 *
 * A journey is started by the test `page` of `tests/system`, which names an install by `UI_DECK` and `UI_GATE`. By hand:
 *
 *     UI_DECK=http://localhost:9000 UI_GATE=http://localhost:8084 npm run journeys
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

/** The page's address. */
export const deck = process.env['UI_DECK'] ?? 'http://localhost:9000';
/** gate's address. */
export const gate = process.env['UI_GATE'] ?? 'http://localhost:8084';

let browser: Browser;

beforeAll(async () => {
  // As root Chromium does not start with its sandbox, and the page is our own.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args });
});

afterAll(() => browser.close());

/** A page at this hash in a browser of its own. Scripts that run though they should not, errors and policy violations fail. */
export async function visit(hash: string, options: BrowserContextOptions & { errorsExpected?: boolean } = {}): Promise<Page> {
  const { errorsExpected = false, ...rest } = options;
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...rest });
  context.setDefaultTimeout(LONG);
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('dialog', (dialog) => {
    wrong.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => wrong.push(`an error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    if (errorsExpected && /Failed to load resource|CORS/.test(message.text())) return;
    wrong.push(`on the console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const origin = new URL(request.url()).origin;
    if (origin !== new URL(deck).origin && origin !== new URL(gate).origin) wrong.push(`a request to ${request.url()}`);
  });
  complaints.set(page, wrong);
  await page.goto(`${deck}/${hash}`);
  return page;
}

/** Loads the page anew at another hash: it remembers nothing of what it was told before. */
export async function arrive(page: Page, hash: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`${deck}/${hash}`);
}

/** How many pages are driven side by side; each has a browser of its own, since a browser has few connections to one gate. */
const PAGES = 4;

/** Longer than a busy machine takes for all screens, in milliseconds. */
export const ALL_SCREENS = 900_000;

/** Acts on each, several at once: most of the time is waiting. */
export async function atOnce<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  await drive(all, async (next) => {
    for (let one = next(); one !== undefined; one = next()) await act(one);
  });
}

/** Drives a page through each, several side by side. */
export async function sideBySide<T>(all: readonly T[], act: (page: Page, one: T) => Promise<void>, options: BrowserContextOptions = {}): Promise<void> {
  await drive(all, async (next) => {
    const page = await visit('#/no/such/screen', { errorsExpected: true, ...options });
    for (let one = next(); one !== undefined; one = next()) await act(page, one);
    await leave(page);
  });
}

/** Shares out what there is among several that work at once; each fails for itself, the first that did is told of. */
async function drive<T>(all: readonly T[], work: (next: () => T | undefined) => Promise<void>): Promise<void> {
  const rest = [...all];
  const ends = await Promise.allSettled(Array.from({ length: Math.min(PAGES, all.length) }, () => work(() => rest.shift())));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Presses a key on what can be used: waits until it is enabled, which `press` alone does not. */
export async function enter(on: Locator, key = 'Enter'): Promise<void> {
  await until('it is enabled', () => on.isEnabled());
  await on.press(key);
}

const complaints = new WeakMap<Page, string[]>();

/** Ends a page's visit; fails if there was anything to complain of. */
export async function leave(page: Page): Promise<void> {
  await page.context().close();
  expect(complaints.get(page)).toEqual([]);
}

/** Asks gate. */
export async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(gate + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Makes an application. */
export async function makeApplication(name: string, description = ''): Promise<void> {
  const application = { name, email: `${name}@example.com`, description, cloudProviders: 'local' };
  const job = [{ type: 'createApplication', user: 'test', application }];
  const { ref } = await ask<{ ref: string }>('POST', '/tasks', { application: name, description: `Create ${name}`, job });
  await until(`${name} is made`, async () => (await ask<{ status: string }>('GET', ref)).status === 'SUCCEEDED');
}

/** Saves a pipeline and returns its id. Stages follow one another unless they say otherwise. */
export async function savePipeline(application: string, name: string, stages: readonly object[], more: object = {}): Promise<string> {
  const chained = stages.map((stage, index) => ({
    refId: String(index + 1),
    requisiteStageRefIds: index === 0 ? [] : [String(index)],
    ...stage,
  }));
  await ask('POST', '/pipelines', { application, name, stages: chained, triggers: [], ...more });
  const all = await ask<{ id: string; name: string }[]>('GET', `/applications/${application}/pipelineConfigs`);
  const found = all.find((one) => one.name === name);
  if (!found) throw new Error(`${name} is not there after it was saved`);
  return found.id;
}

/** Starts a pipeline and returns the run's id. */
export async function startPipeline(application: string, name: string, parameters: object = {}): Promise<string> {
  const body = { type: 'manual', user: 'test', parameters };
  const { ref } = await ask<{ ref: string }>('POST', `/pipelines/${application}/${encodeURIComponent(name)}`, body);
  return ref.slice(ref.lastIndexOf('/') + 1);
}

/** Waits until a run is so. */
export async function untilRun(id: string, what: string, holds: (run: Run) => boolean): Promise<Run> {
  let run: Run | undefined;
  await until(`the run ${id} ${what}`, async () => {
    run = await ask<Run>('GET', `/pipelines/${id}`);
    return holds(run);
  });
  if (!run) throw new Error('a run that is so was read');
  return run;
}

/** What journeys read of a run. */
export interface Run {
  id: string;
  status: string;
  canceled?: boolean;
  cancellationReason?: string;
  trigger: { parameters?: Record<string, unknown> };
  stages: { id: string; name: string; type: string; status: string; context: Record<string, unknown> }[];
}

/** Longer than a busy machine takes, in milliseconds. */
const LONG = 60_000;

/** Waits for a condition. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + LONG;
  while (Date.now() < end) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it did not happen in ${LONG / 1000} s that ${what}`);
}

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Of a long list the first are as the others. */
const REST = ':is(ul, ol, tbody, [class*="groups"]) > :nth-child(n + 16)';

/** Fails if axe finds anything serious or critical on the page as it is. */
export async function accessible(page: Page, where: string): Promise<void> {
  await page.evaluate(await axe);
  const found = await page.evaluate(async (rest) => {
    const { axe } = globalThis as unknown as { axe: { run: (context: object, options: object) => Promise<{ violations: Violation[] }> } };
    const { violations } = await axe.run({ exclude: [rest] }, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`).join('\n   ')}`);
  }, REST);
  expect(found, where).toEqual([]);
}

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary?: string }[];
}
