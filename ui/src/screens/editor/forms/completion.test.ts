import { expect, it } from 'vitest';

import type { Execution } from '../../../gate/wire';
import { addStage, empty, type Pipeline } from '../model';
import { completionAt, type Known } from './completion';

function pipeline(): Pipeline {
  const begun = addStage({ ...empty('shop', 'deploy'), parameterConfig: [{ name: 'version' }, { name: 'two words' }], triggers: [{ type: 'git' }] }, { type: 'evaluateVariables', name: 'Names', variables: [{ key: 'colour', value: 'red' }] });
  const then = addStage(begun.pipeline, { type: 'webhook', name: 'Ask', url: 'http://a' }, begun.refId);
  return addStage(then.pipeline, { type: 'wait', name: 'Soak' }, then.refId).pipeline;
}

const functions = [{ name: 'toInt', description: 'a number', parameters: [{ name: 'value' }] }, { name: 'currentUser', parameters: [] }];
const run = { stages: [{ name: 'Ask', context: { webhook: { statusCode: 200 } }, outputs: { answer: 1 } }], trigger: { payload: { 'head-commit': 'a' } } } as unknown as Execution;

/** What is offered where `|` stands, and the text with the first of it. */
function at(marked: string, whole = false) {
  const all = pipeline();
  const known: Known = { functions, pipeline: all, stage: all.stages[2], run };
  const caret = marked.indexOf('|');
  const text = marked.replace('|', '');
  const found = completionAt(text, caret, known, whole);
  const [first] = found?.items ?? [];
  const done = found && first ? text.slice(0, found.from) + first.insert + text.slice(found.to) : undefined;
  return { labels: found?.items.map(({ label }) => label), done };
}

it('is silent outside of expressions', () => {
  for (const text of ['|', 'plain|', '${a} b|', '|${a}', "${'a text|'}"]) expect(at(text).labels, text).toBeUndefined();
  expect(at('cost: $|').done).toBe('cost: ${}');
});

it('offers what an expression may begin with', () => {
  expect(at('${|}').labels?.slice(0, 4)).toEqual(['trigger', 'execution', 'parameters', 'colour']);
  expect(at('${#|}').labels).toEqual(["#stage('Names')", "#stage('Ask')", '#toInt(value)', '#currentUser()']);
  expect(at('v-${ tri|').done).toBe('v-${ trigger');
  expect(at('${#toI|}').done).toBe('${#toInt()}');
  expect(at('${a ? {b: tri|').done).toBe('${a ? {b: trigger');
  expect(at('tri|', true).done).toBe('trigger');
});

it('offers the stages that end before', () => {
  expect(at("${#stage('|")).toEqual({ labels: ['Names', 'Ask'], done: "${#stage('Names" });
  expect(at("${#stage('As|')}").done).toBe("${#stage('Ask')}");
  expect(at("${#stageByRefId('|')}").labels).toEqual(['1', '2']);
});

it('offers what is in a stage, by its settings and by what it had in a run', () => {
  expect(at("${#stage('Ask').|}").labels).toContain('outputs');
  expect(at("${#stage('Ask').context.|}").labels).toEqual(['url', 'webhook']);
  expect(at("${#stage('Ask')['context']['web|']}").labels).toEqual(['webhook']);
  expect(at("${#stage('Ask').context.webhook.st|}").done).toBe("${#stage('Ask').context.webhook.statusCode}");
  expect(at("${#stage('Ask').outputs.|}").labels).toEqual(['answer']);
});

it('offers parameters, with brackets where they need them', () => {
  expect(at('${parameters.v|}').done).toBe('${parameters.version}');
  expect(at('${trigger.parameters.|}').labels).toEqual(['version', 'two words']);
  expect(at('${parameters.two|}').done).toBe("${parameters['two words']}");
  expect(at("${parameters['two|").done).toBe("${parameters['two words']");
  expect(at("${parameters['two|']}").done).toBe("${parameters['two words']}");
  expect(at('${trigger.|}').labels).toEqual(expect.arrayContaining(['type', 'branch', 'payload']));
  expect(at('${trigger.payload.|}').done).toBe("${trigger.payload['head-commit']}");
  expect(at('${trigger?.us|}').done).toBe('${trigger?.user}');
});
