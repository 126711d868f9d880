/** How soon the executions of 30 pipelines are drawn once their data is there: `executions.mjs APPLICATION`. */
import { deck, launch, open, share, tell, watch } from './figure.mjs';

const ROUNDS = 20;
const application = process.argv[2] ?? 'many';

const browser = await launch();
const [drawn, whole] = [[], []];
for (let round = 0; round < ROUNDS; round += 1) {
  const page = await open(browser);
  const { until } = await watch(page, () => {
    const groups = document.querySelectorAll('main section[aria-label]');
    const runs = document.querySelectorAll('[data-execution]');
    return groups.length >= 30 && runs.length >= 150 ? ['executions'] : [];
  });
  await page.goto(`${deck}/#/applications/${application}/executions`);
  const at = (await until('executions')).page;
  // Later ones ask anew for what is shown already.
  const answered = await page.evaluate((application) => {
    const needed = ['', '/pipelineConfigs', '/pipelines'].map((end) => `/applications/${application}${end}`);
    const answers = performance.getEntriesByType('resource').toSorted((one, other) => one.startTime - other.startTime);
    return needed.map((path) => answers.find(({ name }) => new URL(name).pathname === path)?.responseEnd);
  }, application);
  if (answered.includes(undefined)) throw new Error(`not all that the screen needs was asked for: ${answered.join(', ')}`);
  drawn.push(at - Math.max(...answered));
  whole.push(at);
  await page.context().close();
}
await browser.close();
tell('executions', 'ms', drawn, { whole: share(whole, 0.5) });
