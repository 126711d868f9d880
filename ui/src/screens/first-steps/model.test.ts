import { describe, expect, it } from 'vitest';

import { commands, emailProblem, localAccount, pipelineFor, stagesFor } from './model';

describe('the first steps', () => {
  it('use the local account where there is one', () => {
    expect(localAccount([{ name: 'far', cloudProvider: 'aws' }, { name: 'here', cloudProvider: 'local' }])).toBe('here');
    expect(localAccount([{ name: 'here', cloudProvider: 'local', enabled: false }])).toBeUndefined();
    expect(stagesFor('here').map(({ type }) => type)).toEqual(['manualJudgment', 'deploy']);
    expect(stagesFor(undefined).map(({ type }) => type)).toEqual(['manualJudgment', 'wait']);
  });

  it('are commands that a shell reads as they are meant', () => {
    const [create, save, run] = commands('http://localhost:8084', 'ann@example.com', 'here');
    expect(create).toBe("gennaker app save --name hello --email 'ann@example.com' --cloud-providers local");
    expect(JSON.parse(save.split('\n').slice(1, -2).join('\n'))).toEqual(pipelineFor('here'));
    expect(run).toBe("gennaker pipeline execute --application hello --name 'First steps'");
    expect(commands('https://gate.example.com', "x'; rm -rf /", undefined)[0]).toBe("gennaker --gate https://gate.example.com app save --name hello --email 'you@example.com'");
    expect(emailProblem('nobody')).toMatch(/^Write an address/);
  });
});
