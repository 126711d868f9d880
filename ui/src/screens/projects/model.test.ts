import { describe, expect, it } from 'vitest';

import type { Project } from '../../gate/projects';
import type { Execution } from '../../gate/wire';
import { clusterName, draftOf, nothing, offered, partsOf, pipelinesOf, problems, regionsOf, sent, withoutApplication } from './model';

const project: Project = {
  id: 'p',
  name: 'Sea',
  email: 'a@b.c',
  config: {
    applications: ['shop', 'pay'],
    clusters: [{ account: 'a', stack: '*', detail: null, applications: ['shop'] }],
    pipelineConfigs: [{ application: 'shop', pipelineConfigId: '1' }, { application: 'pay', pipelineConfigId: '2' }],
  },
};

describe('a project', () => {
  it('comes back from its form as it went', () => {
    expect(sent(draftOf(project), project)).toEqual({ id: 'p', name: 'Sea', email: 'a@b.c', config: project.config });
    expect(sent({ ...nothing, name: ' New ', email: 'a@b.c' }, undefined)).toEqual({ name: 'New', email: 'a@b.c', config: { applications: [], clusters: [], pipelineConfigs: [] } });
    expect(draftOf({ ...project, email: null, config: {} })).toEqual({ ...nothing, name: 'Sea' });
  });

  it('has a name that can stand in an address, and clusters of its own', () => {
    expect(problems({ ...nothing, name: 'a/b', email: 'x' }, [])).toEqual({ name: 'A name has none of \\ ^ / ? % #.', email: 'Write an address such as team@example.com.' });
    expect(problems({ ...draftOf(project), name: 'sea' }, ['Sea'])).toEqual({ name: 'There is a project of this name.' });
    const draft = { ...draftOf(project), applications: ['pay'] };
    expect(problems(draft, [])).toEqual({ 'clusters.0.applications': 'Not in the project: shop.' });
    expect(problems({ ...draft, clusters: [{ account: '', stack: '', detail: '', applications: [] }] }, [])).toEqual({ 'clusters.0.account': 'Choose an account.' });
  });

  it('loses with an application what is of it', () => {
    const rest = withoutApplication(draftOf(project), 'shop');
    expect(rest.applications).toEqual(['pay']);
    expect(rest.clusters[0]?.applications).toEqual([]);
    expect(rest.pipelines).toEqual([{ application: 'pay', pipelineConfigId: '2' }]);
  });

  it('offers the pipelines of its applications', () => {
    const all = [{ id: '3', name: 'b', application: 'shop' }, { id: '1', name: 'a', application: 'shop' }, { id: '9', name: 'x', application: 'other' }];
    expect(offered(all, ['shop', 'pay']).map(({ id }) => id)).toEqual(['1', '3']);
  });
});

describe('its dashboard', () => {
  it('has its pipelines in its order, with the newest runs first', () => {
    const run = (id: string, pipelineConfigId: string, buildTime: number): Execution => ({ id, application: 'shop', name: `run ${pipelineConfigId}`, pipelineConfigId, status: 'SUCCEEDED', buildTime, trigger: {}, stages: [] });
    const rows = pipelinesOf(project, [run('a', '1', 1), run('b', '1', 2)]);
    expect(rows.map(({ name, runs }) => [name, runs.map(({ id }) => id)])).toEqual([['run 1', ['b', 'a']], [undefined, []]]);
  });

  it('says what clusters are meant, where they run, and how their instances are', () => {
    const counts = { total: 3, up: 2, down: 1, unknown: 0, outOfService: 0, starting: 0 };
    const region = (name: string) => ({ region: name, lastPush: 1, instanceCounts: counts, builds: [] });
    const cluster = { account: 'a', stack: '*', detail: null, instanceCounts: counts, applications: [{ application: 'shop', lastPush: 1, clusters: [region('s'), region('n')] }] };
    expect(clusterName(cluster)).toBe('a, stack any, detail none');
    expect(regionsOf(cluster)).toEqual(['n', 's']);
    expect(partsOf(counts).map(({ title }) => title)).toEqual(['2 up', '1 down']);
  });
});
