/** How soon a browser that has nothing of the page shows the applications, and how much it has to load: `load.mjs`. */
import { deck, launch, open, pause, tell, watch } from './figure.mjs';

const ROUNDS = 10;
/** Nothing more comes if nothing came for so long, in milliseconds. */
const QUIET = 500;

const [shown, loaded, gates] = [[], [], []];
for (let round = 0; round < ROUNDS; round += 1) {
  const browser = await launch();
  const page = await open(browser);
  const network = await page.context().newCDPSession(page);
  const addresses = new Map();
  const [own, others] = [[], []];
  let last = performance.now();
  network.on('Network.requestWillBeSent', ({ requestId, request }) => {
    addresses.set(requestId, request.url);
    last = performance.now();
  });
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    (addresses.get(requestId)?.startsWith(deck) ? own : others).push(encodedDataLength);
    last = performance.now();
  });
  await network.send('Network.enable');
  const { until } = await watch(page, () => (document.querySelector('[role="table"][aria-label="Applications"] [role="row"] a') ? ['applications'] : []));
  await page.goto(`${deck}/`);
  shown.push((await until('applications')).page);
  while (performance.now() - last < QUIET) await pause(QUIET);
  const sum = (sizes) => sizes.reduce((all, size) => all + size, 0);
  loaded.push(sum(own) + sum(others));
  gates.push(sum(others));
  await browser.close();
}
tell('first load', 'ms', shown);
tell('first load, size', 'bytes', loaded, { gate: Math.max(...gates) });
