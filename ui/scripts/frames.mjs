/**
 * How smoothly 20,000 instances scroll: `node scripts/frames.mjs` after `tools/ui.sh`.
 *
 * The built page stands in front of a stand-in for gate that has one application with 20,000 instances in 250 server groups.
 * Chromium scrolls through all of them, and what is printed is how long frames took while it did, and how much of a processor the
 * page's tasks took: the first has in it what else the machine does, the second has not. It is a figure, no test.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const GROUPS = 250;
const INSTANCES = 80;
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2', '.svg': 'image/svg+xml' };

const now = Date.now();
const states = ['Up', 'Up', 'Up', 'Up', 'Up', 'Up', 'Down', 'Starting', 'OutOfService', 'Unknown'];
const groups = Array.from({ length: GROUPS }, (_, index) => {
  const cluster = `fleet-c${Math.floor(index / 5)}`;
  const name = `${cluster}-v${String(index % 5).padStart(3, '0')}`;
  const instances = Array.from({ length: INSTANCES }, (_, at) => ({ id: `${name}-i${at}`, name: `${name}-i${at}`, healthState: states[(index * 7 + at) % states.length], health: [], launchTime: now - at * 60_000, availabilityZone: 'z' }));
  return { name, cluster, account: index < GROUPS / 2 ? 'prod' : 'test', region: 'eu', type: 'local', cloudProvider: 'local', isDisabled: index % 5 < 3, createdTime: now - index * 1000, capacity: { min: 1, desired: INSTANCES, max: 100 }, instances, loadBalancers: [] };
});
const answers = {
  '/applications/fleet': { name: 'fleet', attributes: { name: 'fleet', email: 'a@example.com' } },
  '/applications/fleet/serverGroups': groups,
  '/applications': [{ name: 'fleet' }],
  '/credentials': [],
  '/auth/user': { username: 'bench' },
  '/version': { version: 'bench' },
};

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const answer = answers[pathname];
  if (answer !== undefined) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    return;
  }
  if (/^\/settings(-local)?\.js$/.test(pathname)) {
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(`window.spinnakerSettings = { gateUrl: location.origin };`);
    return;
  }
  const file = join(DIST, pathname === '/' ? 'index.html' : pathname);
  const content = file.startsWith(DIST) ? await readFile(file).catch(() => undefined) : undefined;
  if (content === undefined) response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"there is no such thing"}');
  else response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(content);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
page.setDefaultTimeout(120_000);
const spread = (times) => {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  return `median ${at(0.5)} ms, 99 % ${at(0.99)} ms, longest ${at(1)} ms, ${sorted.filter((time) => time > 50).length} over 50 ms`;
};
/** How long each task of the page's main thread had a processor, in milliseconds. */
const tasksOf = (trace) => {
  const { traceEvents } = JSON.parse(trace.toString());
  const main = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`);
  const tasks = traceEvents.filter(({ name, pid, tid, tdur }) => name.endsWith('RunTask') && tdur !== undefined && main.includes(`${pid} ${tid}`));
  return tasks.map(({ tdur }) => tdur / 1000).filter((time) => time > 0.5);
};
for (const drawn of ['', '?listInstances=true']) {
  await page.goto('about:blank');
  await page.goto(`${address}/#/applications/fleet/clusters${drawn}`);
  await page.getByText('fleet-c0', { exact: true }).waitFor();
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline', 'devtools.timeline'] });
  const { took, end } = await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const took = [];
    let before = await frame();
    const end = document.documentElement.scrollHeight - innerHeight;
    // Down in steps, whatever the length, then up again in leaps.
    for (let step = 0; step <= 400; step += 1) {
      scrollTo(0, step <= 320 ? (end * step) / 320 : end - (end * (step - 320)) / 80);
      const at = await frame();
      took.push(at - before);
      before = at;
    }
    return { took, end };
  });
  const tasks = tasksOf(await browser.stopTracing());
  const what = drawn === '' ? 'as squares' : 'one a row';
  process.stdout.write(`${GROUPS * INSTANCES} instances ${what}, ${Math.round(end)} px\n  ${took.length} frames: ${spread(took)}\n  processor time of ${tasks.length} tasks: ${spread(tasks)}\n`);
}
await browser.close();
server.close();
