/** How smoothly a stage of a large pipeline is dragged in the editor: `drag.mjs APPLICATION PIPELINE-ID`. */
import { deck, launch, open, pause, share, tasksDuring, tell } from './figure.mjs';

const DRAGS = 5;
/** A drag's moves: one a frame, since Chromium takes the next only when the page has seen the one before. */
const MOVES = 180;
const RADIUS = 110;
const [application, pipeline] = process.argv.slice(2);
if (pipeline === undefined) throw new Error('name the application and the id of a pipeline: drag.mjs large 0123');

const browser = await launch();
const page = await open(browser);
await page.goto(`${deck}/#/applications/${application}/executions/configure/${pipeline}`);
await page.locator('.react-flow__node').nth(199).waitFor();
// The form of the stage that is chosen first is there too.
await page.getByRole('region', { name: /^Stage / }).waitFor();
await pause(2000);

let [frames, moved, stages] = [[], 0, 0];
const tasks = await tasksDuring(browser, page, async () => {
  for (let drag = 0; drag < DRAGS; drag += 1) {
    const grabbed = await page.evaluate(pick, drag);
    stages = grabbed.stages;
    await page.mouse.move(grabbed.x, grabbed.y);
    await page.evaluate(record, grabbed.id);
    await page.mouse.down();
    // Once around, back to where it was: nothing is put behind anything.
    for (let move = 1; move <= MOVES; move += 1) {
      const turn = (2 * Math.PI * move) / MOVES;
      await page.mouse.move(grabbed.x + RADIUS * Math.sin(turn), grabbed.y + (RADIUS / 2) * (1 - Math.cos(turn)));
    }
    await page.mouse.up();
    await pause(200);
    const recorded = await page.evaluate(() => globalThis.recorded());
    frames = [...frames, ...recorded.frames];
    moved += recorded.moved;
  }
});
await browser.close();
tell('drag', 'ms', frames, { stages, moved, 'longest task': Math.max(...tasks), 'tasks, 99 %': share(tasks, 0.99) });

/** A stage near the middle of the graph, another one each time; in the page. */
function pick(drag) {
  const frame = document.querySelector('.react-flow').getBoundingClientRect();
  const nodes = [...document.querySelectorAll('.react-flow__node')].map((node) => {
    const { left, top, width, height } = node.getBoundingClientRect();
    return { id: node.dataset.id, x: left + width / 2, y: top + height / 2 };
  });
  const away = ({ x, y }) => Math.hypot(x - frame.left - frame.width / 2, y - frame.top - frame.height / 3);
  return { ...nodes.toSorted((one, other) => away(one) - away(other))[drag], stages: nodes.length };
}

/** Records how far apart frames are, and in how many of them the stage stands elsewhere; in the page. */
function record(id) {
  const node = document.querySelector(`.react-flow__node[data-id="${id}"]`);
  const frames = [];
  let [moved, before, place, stopped] = [0, undefined, node.style.transform, false];
  const frame = (at) => {
    if (stopped) return;
    if (before !== undefined) frames.push(at - before);
    before = at;
    if (node.style.transform !== place) moved += 1;
    place = node.style.transform;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  globalThis.recorded = () => {
    stopped = true;
    return { frames, moved };
  };
}
