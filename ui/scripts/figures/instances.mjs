/**
 * How smoothly 20,000 instances scroll: `instances.mjs`.
 *
 * deck's page stands in front of a stand-in for gate that has one application with 20,000 instances in 250 server groups, since
 * nobody runs 20,000 processes for it. Chromium scrolls through all of them, and what is told is how long frames took while it
 * did, and how much of a processor the page's tasks took: the first has in it what else the machine does, the second has not.
 */
import { createServer } from 'node:http';

import { deck, launch, open, share, tasksDuring, tell } from './figure.mjs';

const GROUPS = 250;
const INSTANCES = 80;

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

/** gate's answers, and deck's files with settings that name the stand-in as gate. */
async function answerTo(path) {
  if (answers[path] !== undefined) return { type: 'application/json', content: JSON.stringify(answers[path]) };
  if (path === '/settings.js') return { type: 'text/javascript', content: 'window.spinnakerSettings = { gateUrl: location.origin };' };
  if (path !== '/' && !/^\/(assets\/|favicon|settings)/.test(path)) return undefined;
  const file = await fetch(deck + path);
  return file.ok ? { type: file.headers.get('content-type'), content: Buffer.from(await file.arrayBuffer()) } : undefined;
}

const server = createServer(async (request, response) => {
  const answer = await answerTo(new URL(request.url, 'http://localhost').pathname);
  if (answer) response.writeHead(200, { 'content-type': answer.type }).end(answer.content);
  else response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"there is no such thing"}');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = `http://127.0.0.1:${server.address().port}`;

const browser = await launch();
const page = await open(browser);
for (const [name, search] of [['as squares', ''], ['one a row', '?listInstances=true']]) {
  await page.goto('about:blank');
  await page.goto(`${address}/#/applications/fleet/clusters${search}`);
  await page.getByText('fleet-c0', { exact: true }).waitFor();
  let scrolled = { took: [], end: 0 };
  const tasks = await tasksDuring(browser, page, async () => {
    scrolled = await page.evaluate(scroll);
  });
  tell(name, 'ms', scrolled.took, { pixels: scrolled.end, 'longest task': Math.max(...tasks), 'tasks, 99 %': share(tasks, 0.99) });
}
await browser.close();
server.close();

/** Down in steps, whatever the length, then up again in leaps; in the page. */
async function scroll() {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const took = [];
  let before = await frame();
  const end = document.documentElement.scrollHeight - innerHeight;
  for (let step = 0; step <= 400; step += 1) {
    scrollTo(0, step <= 320 ? (end * step) / 320 : end - (end * (step - 320)) / 80);
    const at = await frame();
    took.push(at - before);
    before = at;
  }
  return { took, end };
}
