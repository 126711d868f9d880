import { describe, expect, it } from 'vitest';

import type { Execution, PipelineConfig } from '../../gate/wire';
import { type ArtifactChoice, artifactProblems, artifactsSent, expectedOf, initialChoice, sourcesOf } from './startArtifacts';
import { describe as words, initialOf, triggerChoices, triggerProblems, triggerSent } from './startTrigger';

const config = (more: Partial<PipelineConfig>): PipelineConfig => ({ id: 'p', name: 'deploy', application: 'shop', stages: [], ...more });
const run = (trigger: Execution['trigger']): Execution => ({ id: 'e', application: 'shop', status: 'SUCCEEDED', stages: [], trigger });

describe('the trigger of a start', () => {
  const triggers = [
    { type: 'docker', enabled: true, repository: 'nginx', tag: '1.*' },
    { type: 'jenkins', enabled: false, master: 'ci', job: 'shop' },
    { type: 'webhook', source: 'hook' },
    { type: 'pipeline', application: 'base', pipeline: 'b' },
  ];

  it('is by hand, unless one of the pipeline’s is chosen', () => {
    const choices = triggerChoices(config({ triggers }), undefined);
    expect(choices.map(({ label }) => label)).toEqual(['By hand', 'docker nginx:1.*', 'jenkins ci shop (off)', 'webhook hook', 'pipeline base']);
    expect(triggerChoices(undefined, undefined).map(({ key }) => key)).toEqual(['manual']);
    expect(words({ type: 'cron', cronExpression: '0 0 3 ? * *' })).toBe('cron 0 0 3 ? * *');
    expect(words({ type: 'git', description: 'Every <commit>' })).toBe('git Every <commit>');
  });

  it('asks for what its event would bring', () => {
    const [, docker, jenkins, webhook] = triggerChoices(config({ triggers }), undefined);
    if (!docker || !jenkins || !webhook) throw new Error('there are three');
    expect(docker.asks.map((field) => initialOf(docker, field))).toEqual(['']);
    expect(triggerProblems(docker, {})).toEqual({ tag: 'This is needed.' });
    expect(triggerSent(docker, { tag: '1.4' })).toEqual({ type: 'docker', repository: 'nginx', tag: '1.4' });
    expect(triggerProblems(jenkins, { buildNumber: 'last' })).toEqual({ buildNumber: 'A build is a number.' });
    expect(triggerSent(jenkins, { buildNumber: '12' })).toMatchObject({ buildNumber: 12 });
    expect(triggerProblems(webhook, { payload: '[1]' })).toEqual({ payload: 'Write a JSON object: { … }.' });
    expect(triggerSent(webhook, { payload: '{"a": 1}' })).toEqual({ type: 'webhook', source: 'hook', payload: { a: 1 } });
  });

  it('of a run that is repeated is that run’s, without what belongs to it alone', () => {
    const like = run({ type: 'docker', tag: '1', correlationId: 'c', user: 'ann', parameters: { a: 1 }, artifacts: [{ name: 'x' }] });
    const [again] = triggerChoices(config({ triggers }), like);
    expect(again).toMatchObject({ key: 'run', trigger: { type: 'docker', tag: '1', artifacts: [{ name: 'x' }] } });
    expect(Object.keys(again?.trigger ?? {})).toEqual(['type', 'tag', 'artifacts']);
  });
});

describe('the artifacts of a start', () => {
  const expectedArtifacts = [
    { id: 'a', displayName: 'Image', matchArtifact: { type: 'docker/image', name: 'nginx', artifactAccount: 'hub' }, useDefaultArtifact: true, defaultArtifact: { id: 'd', type: 'docker/image', name: 'nginx', version: '1' } },
    { id: 'b', matchArtifact: { type: 'http/file', name: 'conf.*' } },
  ];
  const before = run({ resolvedExpectedArtifacts: [{ id: 'b', boundArtifact: { id: 'x', type: 'http/file', name: 'config', version: '7' } }] });
  const all = expectedOf(config({ expectedArtifacts }), before);
  const choice = (source: ArtifactChoice['source'], more: Partial<ArtifactChoice> = {}): ArtifactChoice => ({ source, name: '', version: '', reference: '', ...more });

  it('come from where the pipeline says, from the run before, or are typed', () => {
    expect(all.map(({ name }) => name)).toEqual(['Image', 'conf.*']);
    expect(all.map(sourcesOf)).toEqual([['found', 'default', 'hand'], ['prior', 'hand']]);
    expect(all.map((one) => initialChoice(one, undefined, false).source)).toEqual(['found', 'prior']);
    const [image] = all;
    expect(image && initialChoice(image, choice('hand', { version: '3' }), false)).toMatchObject({ source: 'hand', version: '3' });
    expect(image && initialChoice(image, choice('prior'), false).source).toBe('found');
  });

  it('are sent without ids, and checked', () => {
    expect(artifactsSent(all, { a: choice('found'), b: choice('prior') })).toEqual([{ type: 'http/file', name: 'config', version: '7' }]);
    expect(artifactsSent(all, { a: choice('hand', { name: 'nginx', version: '2 ' }), b: choice('hand') })[0]).toEqual({ type: 'docker/image', artifactAccount: 'hub', name: 'nginx', version: '2' });
    expect(artifactProblems(all, { a: choice('default'), b: choice('hand') })).toEqual({ 'b.name': 'Name it, or say its reference.' });
  });

  it('are none where the pipeline expects none', () => {
    expect(expectedOf(undefined, undefined)).toEqual([]);
    expect(artifactsSent([], {})).toEqual([]);
  });
});
