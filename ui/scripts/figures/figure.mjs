/**
 * What every figure of the page needs: an install, Chromium, when something was shown, and how a result is told.
 *
 * A figure is a program of its own, which `make bench` runs (`benches/src/page.rs`). By hand, in `ui`:
 *
 *     UI_DECK=http://localhost:9000 UI_GATE=http://localhost:8084 node scripts/figures/load.mjs
 *
 * It prints a line of JSON a result: `{"name": ..., "unit": "ms", "samples": [...], "details": {...}}`. It judges nothing.
 */
import { chromium } from 'playwright-core';

/** The page's address. */
export const deck = process.env['UI_DECK'] ?? 'http://localhost:9000';
/** gate's address. */
export const gate = process.env['UI_GATE'] ?? 'http://localhost:8084';
/** Longer than anything takes, in milliseconds. */
const LONG = 120_000;

/** A Chromium that has kept nothing of earlier ones. */
export function launch() {
  // As root Chromium does not start with its sandbox, and the page is our own.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args });
}

/** A page of its own, as large as a small screen. */
export async function open(browser) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(LONG);
  return context.newPage();
}

/** Tells a result: `samples` in `unit`, in the order in which they were measured, and numbers that explain them. */
export function tell(name, unit, samples, details = {}) {
  process.stdout.write(`${JSON.stringify({ name, unit, samples, details })}\n`);
}

/** What the given share of the samples, 0 to 1, does not exceed. */
export function share(samples, of) {
  const sorted = samples.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * of) - 1)] ?? 0;
}

/**
 * Notes when something is first shown, from the page's next load on. `look` runs in the page after each change and names what
 * is there; what it finds counts as shown once the frame is made that has it. `until` waits for a name and answers with
 * both its moments: `page` in milliseconds since the load began, `clock` by the machine's clock.
 */
export async function watch(page, look) {
  await page.addInitScript({ content: `(${noteIn})(${look})` });
  const until = async (name) => {
    await page.waitForFunction((name) => globalThis.shownFirst?.[name] !== undefined, name, { polling: 20 });
    return page.evaluate((name) => globalThis.shownFirst[name], name);
  };
  return { until };
}

/** Runs in the page. */
function noteIn(look) {
  const shown = (globalThis.shownFirst = {});
  let planned = false;
  const inFrame = () => {
    planned = false;
    const news = look().filter((name) => !(name in shown));
    if (news.length === 0) return;
    // A message that is sent before a frame is made comes after it.
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      for (const name of news) shown[name] ??= { page: performance.now(), clock: Date.now() };
      port1.close();
    });
    port1.start();
    port2.postMessage(undefined);
  };
  new MutationObserver(() => {
    if (!planned) requestAnimationFrame(inFrame);
    planned = true;
  }).observe(document, { subtree: true, childList: true, attributes: true });
}

/** Does `act` while Chromium records; answers with how long each task of the page's main thread had a processor, in milliseconds. */
export async function tasksDuring(browser, page, act) {
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline', 'devtools.timeline'] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const main = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`);
  const tasks = traceEvents.filter(({ name, pid, tid, tdur }) => name.endsWith('RunTask') && tdur !== undefined && main.includes(`${pid} ${tid}`));
  return tasks.map(({ tdur }) => tdur / 1000).filter((time) => time > 0.5);
}

/** Asks gate. */
export async function ask(method, path, body) {
  const answer = await fetch(gate + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Starts a pipeline and answers with the run's id. */
export async function start(application, pipeline) {
  const { ref } = await ask('POST', `/pipelines/${application}/${pipeline}`, { type: 'manual', user: 'bench' });
  return ref.slice(ref.lastIndexOf('/') + 1);
}

/** Resolves after `time` milliseconds. */
export function pause(time) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, time)));
}
