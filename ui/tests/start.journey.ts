/** The start of a pipeline: as one of its triggers, with artifacts, as an earlier run; and texts that are Markdown. */
import { expect, it } from 'vitest';

import { accessible, ask, enter, leave, makeApplication, savePipeline, startPipeline, until, untilRun, visit } from './support';

interface Started {
  id: string;
  trigger: { type: string; tag?: string; artifacts?: { name: string; version?: string }[]; parameters?: Record<string, string> };
}

const newest = async (pipelineId: string): Promise<Started | undefined> => (await ask<Started[]>('GET', `/executions?pipelineConfigIds=${pipelineId}&limit=5`)).toSorted((one, other) => (one.id < other.id ? 1 : -1))[0];

it('is as a trigger would do it, with the artifacts that are chosen, and once more as it was', async () => {
  await makeApplication('crane');
  const expectedArtifacts = [
    { id: 'image', displayName: 'Image <i>', matchArtifact: { type: 'docker/image', name: 'example/crane' }, useDefaultArtifact: true, defaultArtifact: { type: 'docker/image', name: 'example/crane', version: '1' } },
  ];
  const triggers = [{ type: 'docker', enabled: true, account: 'hub', repository: 'example/crane', tag: '.*' }];
  const id = await savePipeline('crane', 'Lift', [{ type: 'wait', name: 'Wait', waitTime: 1 }], { expectedArtifacts, triggers, parameterConfig: [{ name: 'weight', required: true }] });
  const page = await visit('#/applications/crane/executions?startManualExecution=Lift');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('weight').fill('7 t');
  await enter(dialog.getByRole('button', { name: /Started as/ }));
  await enter(page.getByRole('option', { name: 'docker example/crane:.*' }));
  expect(await dialog.getByRole('button', { name: 'Start', exact: true }).isDisabled()).toBe(true);
  await dialog.getByRole('textbox', { name: /^Tag/ }).fill('2.4');
  const artifact = dialog.getByRole('group', { name: 'Image <i>' });
  await enter(artifact.getByRole('button', { name: /Image <i>/ }));
  await enter(page.getByRole('option', { name: 'Typed here' }));
  await artifact.getByLabel('Version').fill('2.4');
  await accessible(page, 'the start of a pipeline with a trigger and artifacts');
  await enter(dialog.getByRole('button', { name: 'Start', exact: true }));
  await page.getByText('Lift is started.').waitFor();
  await until('it has started', async () => (await newest(id)) !== undefined);
  const first = await newest(id);
  expect(first?.trigger).toMatchObject({ type: 'docker', tag: '2.4', parameters: { weight: '7 t' } });
  expect(first?.trigger.artifacts).toMatchObject([{ name: 'example/crane', version: '2.4' }]);
  await untilRun(first?.id ?? '', 'succeeds', ({ status }) => status === 'SUCCEEDED');

  // The next start remembers what was chosen.
  await page.goto(`${page.url().replace(/#.*/, '')}#/applications/crane/executions/details/${first?.id ?? ''}`);
  await enter(page.getByRole('button', { name: 'More that can be done to this run' }));
  await enter(page.getByRole('menuitem', { name: 'Start again as this run' }));
  await dialog.getByText('As the run that is repeated').first().waitFor();
  await dialog.getByText('Of the run before: example/crane 2.4').first().waitFor();
  expect(await dialog.getByLabel('weight').inputValue()).toBe('7 t');
  await enter(dialog.getByRole('button', { name: 'Start', exact: true }));
  await until('it has started once more', async () => (await newest(id))?.id !== first?.id);
  const second = await newest(id);
  expect(second?.trigger).toMatchObject({ type: 'docker', tag: '2.4', parameters: { weight: '7 t' } });
  expect(second?.trigger.artifacts).toMatchObject([{ name: 'example/crane', version: '2.4' }]);
  await leave(page);
});

it('has instructions and comments as Markdown, and nothing in them runs', async () => {
  await makeApplication('winch');
  const instructions = '# Look first\n\n* at the **dashboard**\n* at [the log](https://example.com/log)\n\n<img src=x onerror=alert(1)> [no](javascript:alert(2))\n\n![plan](https://example.com/plan.png)';
  await savePipeline('winch', 'Pull', [{ type: 'manualJudgment', name: 'Pull?', instructions, comments: 'See `runbook`' }]);
  const run = await startPipeline('winch', 'Pull');
  await untilRun(run, 'waits', ({ stages }) => stages.some(({ status }) => status === 'RUNNING'));
  const page = await visit(`#/applications/winch/executions/details/${run}`);
  const judgment = page.getByRole('group', { name: 'Judgment of Pull?' });
  await judgment.locator('strong', { hasText: 'dashboard' }).waitFor();
  expect(await judgment.getByRole('link', { name: 'the log' }).getAttribute('href')).toBe('https://example.com/log');
  expect(await judgment.getByRole('link', { name: 'plan' }).getAttribute('href')).toBe('https://example.com/plan.png');
  await judgment.getByText('<img src=x onerror=alert(1)>').waitFor();
  expect(await judgment.getByRole('link', { name: 'no', exact: true }).count()).toBe(0);
  await page.locator('code', { hasText: 'runbook' }).waitFor();
  await accessible(page, 'a judgment with Markdown');
  await leave(page);
});
