/**
 * How soon a change of an execution is seen by who looks at the application's executions: `changes.mjs APPLICATION PIPELINE`,
 * a pipeline of one judgment. Each run is started and judged by the API; what is measured begins before the request is sent,
 * so that the request and the engine's work are in it.
 */
import { ask, deck, launch, open, pause, share, start, tell, watch } from './figure.mjs';

const ROUNDS = 150;
const [application = 'many', pipeline = 'approve'] = process.argv.slice(2);

const browser = await launch();
const page = await open(browser);
// A run with how it is: running, waiting for its judgment, good.
const { until } = await watch(page, () =>
  [...document.querySelectorAll('[data-execution]')].map((row) => `${row.dataset.execution} ${row.querySelector('[data-status]')?.dataset.tone}`),
);
await page.goto(`${deck}/#/applications/${application}/executions`);
await page.getByRole('img', { name: /^Live/ }).waitFor();
await page.locator('[data-execution]').first().waitFor();

const [started, judged, ended] = [[], [], []];
for (let round = 0; round < ROUNDS; round += 1) {
  const begun = Date.now();
  const id = await start(application, pipeline);
  // It comes to its judgment at once: that it works may never be seen.
  started.push((await until(`${id} waiting`)).clock - begun);
  const { stages } = await ask('GET', `/pipelines/${id}`);
  // Not in step with what the page does every so often.
  await pause(Math.random() * 200);
  const asked = Date.now();
  await ask('PATCH', `/pipelines/${id}/stages/${stages[0].id}`, { judgmentStatus: 'continue' });
  const { clock } = await until(`${id} good`);
  judged.push(clock - asked);
  const { endTime } = await ask('GET', `/pipelines/${id}`);
  ended.push(clock - endTime);
}
await browser.close();
tell('a start', 'ms', started);
tell('a judgment', 'ms', judged, { 'since its end, median': share(ended, 0.5), 'since its end, 99 %': share(ended, 0.99) });
