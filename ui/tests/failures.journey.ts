/** gate away, broken, slow, or without its user: every screen says so, loses nothing, and goes on by itself. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';

import { Between, BURNS } from './between';
import { deployVersion, groupsOf, makeDelivery, task } from './greeter';
import { accessible, ALL_SCREENS, arrive, ask, enter, leave, savePipeline, sideBySide, startPipeline, until, untilRun, visit } from './support';
import { LEADS, SCREENS, type World } from './table';

const APPLICATION = 'storm';
// Longer than a busy machine takes to deploy a server group, in milliseconds.
const SETTING_UP = 180_000;
let world: World;

beforeAll(async () => {
  await makeDelivery(APPLICATION);
  await deployVersion(APPLICATION, '1');
  const place = { cloudProvider: 'local', region: 'local', regions: ['local'] };
  await task(APPLICATION, 'firewall', { ...place, type: 'upsertSecurityGroup', name: 'storm-office', securityGroupName: 'storm-office', ipIngress: [{ cidr: '10.0.0.0/8', startPort: 80, endPort: 80 }] });
  await task(APPLICATION, 'job', { type: 'runJob', cloudProviderType: 'local', application: APPLICATION, command: '/bin/true', arguments: [] });
  const pipelineId = await savePipeline(APPLICATION, 'short', [{ type: 'wait', name: 'Wait', waitTime: 1 }]);
  await savePipeline(APPLICATION, 'asks', [{ type: 'wait', name: 'Wait', waitTime: 1 }], { parameterConfig: [{ name: 'version', required: true }] });
  const run = await startPipeline(APPLICATION, 'short');
  await untilRun(run, 'succeeds', ({ status }) => status === 'SUCCEEDED');
  const config = { applications: [APPLICATION], clusters: [{ account: 'local', stack: '*', detail: '*' }], pipelineConfigs: [{ application: APPLICATION, pipelineConfigId: pipelineId }] };
  await task('spinnaker', 'project', { type: 'upsertProject', project: { name: 'Tempest', email: 'tempest@example.com', config } });
  const [group] = await groupsOf(APPLICATION);
  const [done] = await ask<{ id: string }[]>('GET', `/applications/${APPLICATION}/tasks?limit=1`);
  const [job] = await ask<{ name: string }[]>('GET', `/applications/${APPLICATION}/jobs`);
  world = {
    application: APPLICATION,
    pipeline: 'short',
    pipelineId,
    run,
    stage: 'Wait',
    task: done?.id ?? '',
    group: group?.name ?? '',
    instance: group?.instances[0]?.id ?? '',
    balancer: APPLICATION,
    firewall: 'storm-office',
    job: job?.name ?? '',
    project: 'Tempest',
  };
}, SETTING_UP);

const AWAY = 'gate cannot be reached. What you see may be old';
const OUT = 'You are signed out.';

it('knows every screen', async () => {
  const page = await visit('#/projects');
  await page.getByRole('heading', { name: 'Projects' }).waitFor();
  // The router's own name for itself.
  const known = await page.evaluate(() => Object.keys((globalThis as unknown as Record<string, { routesByPath: object }>)['__TSR_ROUTER__']?.routesByPath ?? {}));
  await leave(page);
  const paths = known.map((path) => (path === '/' ? path : path.replace(/\/$/, '')));
  expect([...Object.keys(SCREENS), ...LEADS].toSorted(), 'the routes of src/app/routes.ts, each with its screen in table.ts').toEqual([...new Set(paths)].toSorted());
});

it('is slow and broken, then away and without its user: each screen says so, and recovers alone', async () => {
  // Within an application the frame is answered, so that the screen itself has to speak.
  const frame = new RegExp(`^/applications/${APPLICATION}\\?`);
  await sideBySide(Object.entries(SCREENS), async (page, [path, screen]) => {
    const between = await Between.of(page);
    const passes = path === '/applications/$application' ? undefined : frame;
    const hash = screen.hash(world);
    const gone = (text: string) => page.getByText(text).first().waitFor({ state: 'detached' });

    between.set('slow', passes);
    await arrive(page, hash);
    await page.getByText(`Loading ${screen.loads} …`).first().waitFor();
    await accessible(page, `${hash} while it loads`);
    between.set('broken', passes);
    const main = page.getByRole('main');
    await main.getByText(BURNS.message).first().waitFor();
    await main.getByText(BURNS.requestId).first().waitFor();
    await accessible(page, `${hash} with an error`);
    between.set('fine');
    await screen.there(page, world);
    await gone(BURNS.requestId);

    between.set('away');
    await arrive(page, hash);
    await page.getByText(AWAY).waitFor();
    await main.getByText('This page tries again by itself.').first().waitFor();
    between.set('signedOut');
    await page.getByText(OUT).waitFor();
    between.set('fine');
    await screen.there(page, world);
    await gone(OUT);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });
}, ALL_SCREENS);

it('says so where gate fails at what is shown, and shows it on', async () => {
  const page = await visit('#/applications', { errorsExpected: true });
  const there = page.getByRole('table', { name: 'Applications' }).getByRole('link', { name: APPLICATION, exact: true });
  await there.waitFor();
  const between = await Between.of(page);
  between.set('broken');
  const banner = page.getByText('gate fails at something of this screen');
  await until('it is asked anew, and said to fail', async () => {
    // As if the user came back from another tab.
    await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
    return banner.isVisible();
  });
  await page.getByText(BURNS.requestId).waitFor();
  await there.waitFor();
  await accessible(page, 'what is shown may be old');
  between.set('fine');
  await banner.waitFor({ state: 'detached' });
  await leave(page);
});

/** A form: what is typed where, and what is there once it was taken. */
interface Form {
  readonly what: string;
  readonly hash: string;
  /** Types into it, and makes it ready to be sent. */
  readonly type: (page: Page) => Promise<void>;
  /** What was typed, as it stands in the form. */
  readonly typed: (page: Page) => Promise<string>;
  readonly button: string;
  readonly taken: (page: Page) => Promise<unknown>;
}

/** Types what every thing with an owner asks for. */
async function typeOwned(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel("Owner's e-mail").fill('crew@example.com');
}

const nameOn = (page: Page): Promise<string> => page.getByLabel('Name').inputValue();

const forms = (): Form[] => [
  {
    what: 'a new application',
    hash: '#/applications?create=true',
    type: (page) => typeOwned(page, 'calm'),
    typed: nameOn,
    button: 'Create',
    taken: (page) => page.waitForURL(/#\/applications\/calm/),
  },
  {
    what: 'a new project',
    hash: '#/projects?create=true',
    type: (page) => typeOwned(page, 'Lull'),
    typed: nameOn,
    button: 'Create',
    taken: (page) => page.waitForURL(/#\/projects\/Lull\/dashboard/),
  },
  {
    what: 'a new pipeline',
    hash: `#/applications/${APPLICATION}/executions/create`,
    type: (page) => page.getByLabel('Name').fill('breeze'),
    typed: nameOn,
    button: 'Create',
    taken: (page) => page.waitForURL(/executions\/configure\//),
  },
  {
    what: 'the editor',
    hash: `#/applications/${APPLICATION}/executions/configure/${world.pipelineId}`,
    type: async (page) => {
      await page.getByLabel('Name of the stage').fill('Wait out');
      await page.keyboard.press('Control+s');
    },
    typed: async (page) => (await page.getByRole('region', { name: 'What you changed', exact: true }).getByText('Wait out').first().isVisible()) ? 'Wait out' : '',
    button: 'Save',
    taken: (page) => page.getByText('short is saved.').first().waitFor(),
  },
  {
    what: 'the start of a pipeline',
    hash: `#/applications/${APPLICATION}/executions?startManualExecution=asks`,
    type: (page) => page.getByRole('dialog').getByLabel('version').fill('2'),
    typed: (page) => page.getByRole('dialog').getByLabel('version').inputValue(),
    button: 'Start',
    taken: (page) => page.getByText('asks is started.').waitFor(),
  },
  {
    what: 'the configuration',
    hash: `#/applications/${APPLICATION}/config`,
    type: async (page) => {
      await enter(page.getByRole('button', { name: 'Add a banner' }));
      await page.getByRole('group', { name: 'Banner 1' }).getByLabel('Text').fill('Gales');
    },
    typed: (page) => page.getByRole('group', { name: 'Banner 1' }).getByLabel('Text').inputValue(),
    button: 'Save Banners',
    taken: (page) => page.getByText('Banners: saved.').waitFor(),
  },
  {
    what: 'a change of infrastructure',
    hash: `#/applications/${APPLICATION}/firewalls`,
    type: async (page) => {
      await enter(page.getByRole('button', { name: 'Create …' }));
      await page.getByRole('dialog').getByLabel('Name').fill('storm-gate');
      await page.getByRole('dialog').getByLabel('Who may connect').fill('127.0.0.0/8');
    },
    typed: (page) => page.getByRole('dialog').getByLabel('Name').inputValue(),
    button: 'Create',
    taken: (page) => page.getByRole('dialog').getByRole('status').getByText('Succeeded').waitFor(),
  },
];

it('keeps what was typed while gate is away and while nobody is signed in, and takes it after', async () => {
  await sideBySide(forms(), async (page, { what, hash, type, typed, button, taken }) => {
    const between = await Between.of(page);
    await arrive(page, hash);
    await type(page);
    const before = await typed(page);
    const send = page.getByRole('button', { name: button, exact: true });
    await send.waitFor();
    between.set('away');
    await enter(send);
    await page.getByText('Send it again when gate is back').waitFor();
    between.set('signedOut');
    await page.getByText(OUT).waitFor();
    await enter(send);
    await page.getByText('Sign in in another tab, then send it again.').waitFor();
    await accessible(page, `${what} while nobody is signed in`);
    between.set('fine');
    await page.getByText(OUT).waitFor({ state: 'detached' });
    expect(await typed(page), what).toBe(before);
    expect(before, what).not.toBe('');
    await enter(send);
    await taken(page);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });
}, ALL_SCREENS);
