/**
 * What the page holds while executions come and go for long: `memory.mjs APPLICATION SECONDS`, 600 if nothing is said.
 *
 * The executions of an application are looked at while its pipelines, named `pipeline-1` to `pipeline-30`, are started in turn.
 * Each usually runs once a minute; here they are started six times as often, three a second together. Every minute what nobody
 * needs is collected, and what is left counted.
 */
import { deck, gate, launch, open, pause, start, tell } from './figure.mjs';

const PIPELINES = 30;
const USUALLY = PIPELINES / 60;
const TIMES = 6;
const EVERY = 60;
const [application = 'many', seconds = '600'] = process.argv.slice(2);

const browser = await launch();
const page = await open(browser);
await page.goto(`${deck}/#/applications/${application}/executions`);
await page.getByRole('img', { name: /^Live/ }).waitFor();
await page.locator('[data-execution]').nth(PIPELINES).waitFor();
const tools = await page.context().newCDPSession(page);
await tools.send('Performance.enable');

const follower = new AbortController();
let events = 0;
const following = count().catch((error) => {
  if (!follower.signal.aborted) throw error;
});

const held = { JSHeapUsedSize: [], Nodes: [], JSEventListeners: [] };
await look();
const begin = performance.now();
const end = Number(seconds) * 1000;
let started = 0;
let refused = 0;
const starting = [];
for (let look_at = EVERY * 1000; performance.now() - begin < end; ) {
  starting.push(start(application, `pipeline-${(started % PIPELINES) + 1}`).catch(() => (refused += 1)));
  started += 1;
  await pause(begin + (started * 1000) / (USUALLY * TIMES) - performance.now());
  if (performance.now() - begin >= Math.min(look_at, end)) {
    await look();
    look_at += EVERY * 1000;
  }
}
await Promise.all(starting);
const took = (performance.now() - begin) / 1000;
follower.abort();
await following;
await browser.close();
if (refused > 0) throw new Error(`${refused} of ${started} starts were refused`);

const details = { 'seconds between': EVERY, 'executions a second': started / took, 'events a second': events / took };
tell('heap', 'bytes', held.JSHeapUsedSize, details);
tell('nodes', 'count', held.Nodes);
tell('listeners', 'count', held.JSEventListeners);

/** Collects what nobody needs, and counts the rest. */
async function look() {
  // What the first collection sets free may hold something itself.
  for (let time = 0; time < 2; time += 1) await tools.send('HeapProfiler.collectGarbage');
  const { metrics } = await tools.send('Performance.getMetrics');
  for (const [name, values] of Object.entries(held)) values.push(metrics.find((metric) => metric.name === name)?.value ?? 0);
}

/** Counts the application's events as the page gets them. */
async function count() {
  const answer = await fetch(`${gate}/events?application=${application}`, { signal: follower.signal });
  let rest = '';
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    events += lines.filter((line) => line.startsWith('event:') && !line.includes('begin')).length;
  }
}
