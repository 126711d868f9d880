/**
 * What can be written next in an expression: functions, the stages before, parameters, and what is known of the trigger and
 * of the run. It knows the language's surface only; whether an expression is right says orca, when it is tried.
 */
import type { ExpressionFunction } from '../../../gate/capabilities';
import type { Execution, Fields } from '../../../gate/wire';
import { ancestors, type Pipeline, type StageConfig } from '../model';
import { isFields } from './values';

/** What completion knows. */
export interface Known {
  readonly functions: readonly ExpressionFunction[];
  readonly pipeline: Pipeline;
  readonly stage?: StageConfig | undefined;
  /** A run of the pipeline: what its stages and its trigger had. */
  readonly run?: Execution | undefined;
}

/** Something that can be written. */
export interface Suggestion {
  /** What is written. */
  readonly insert: string;
  readonly label: string;
  readonly note?: string | undefined;
  /** How far from the end of what is written the caret stands then. */
  readonly back?: number;
}

/** What can stand in the text from `from` to `to`. */
export interface Completion {
  readonly from: number;
  readonly to: number;
  readonly items: readonly Suggestion[];
}

/** Functions that are asked about a stage by its name, and by its refId. */
const BY_NAME = /#(?:stage|stageExists|judge?ment|deployedServerGroups|manifestLabelValue)\(\s*(['"])([^'"]*)$/;
const BY_REF = /#stageByRefId\(\s*(['"])([^'"]*)$/;
/** What ends at the caret: names joined by dots, calls of `#stage` and keys in brackets. */
const CHAIN = /(?:#stage\(\s*(?:'[^']*'|"[^"]*")\s*\)|#?[A-Za-z_]\w*)(?:\??\.\w*|\[(?:'[^']*'|"[^"]*"|\d+)\])*(?:\[(?:'[^']*|"[^"]*)?)?$/;
const MOST = 40;

/** What can be written at the caret. `whole`: the text is an expression also without `${}`. Undefined outside of expressions. */
export function completionAt(text: string, caret: number, known: Known, whole = false): Completion | undefined {
  const before = text.slice(0, caret);
  const start = startOf(before, whole && !text.includes('${'));
  if (start === undefined) return before.endsWith('$') ? { from: caret - 1, to: caret, items: [{ insert: '${}', label: '${…}', note: 'an expression', back: 1 }] } : undefined;
  const expression = before.slice(start);
  const named = argument(expression, known);
  if (named) return { from: caret - named.typed.length, to: caret, items: matching(named.items, named.typed) };
  if (isInText(expression)) return undefined;
  const chain = CHAIN.exec(expression)?.[0] ?? (expression.endsWith('#') ? '#' : '');
  const cut = splitChain(chain);
  if (cut === undefined) return { from: caret - chain.length, to: caret, items: matching(beginnings(known), chain) };
  const items = members(cut.owner, known).map((name) => member(name, cut.bracket));
  // A name that is no identifier can stand in brackets only: the dot before it goes.
  const from = caret - cut.typed.length - (cut.bracket ? cut.opening : 1);
  const closing = cut.bracket ? (/^['"]?\]/.exec(text.slice(caret))?.[0].length ?? 0) : 0;
  return { from, to: caret + closing, items: matching(items, cut.typed) };
}

/** Where the expression begins that the text ends in; undefined if it ends in none. */
function startOf(before: string, whole: boolean): number | undefined {
  if (whole) return 0;
  const open = before.lastIndexOf('${');
  if (open < 0) return undefined;
  let depth = 1;
  let quote = '';
  for (const letter of before.slice(open + 2)) {
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === "'" || letter === '"') quote = letter;
    else if (letter === '{') depth += 1;
    else if (letter === '}') depth -= 1;
  }
  return depth > 0 ? open + 2 : undefined;
}

/** Whether the expression ends within a text in quotes that no name is expected in. */
function isInText(expression: string): boolean {
  let quote = '';
  let opened = 0;
  [...expression].forEach((letter, index) => {
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === "'" || letter === '"') [quote, opened] = [letter, index];
  });
  return quote !== '' && expression[opened - 1] !== '[';
}

/** The names that the argument of a function may be, and what of it is typed. */
function argument(expression: string, known: Known): { typed: string; items: Suggestion[] } | undefined {
  const byName = BY_NAME.exec(expression);
  if (byName) return { typed: byName[2] ?? '', items: stagesBefore(known).map(({ name, type }) => ({ insert: name, label: name, note: type })) };
  const byRef = BY_REF.exec(expression);
  if (byRef) return { typed: byRef[2] ?? '', items: stagesBefore(known).map(({ refId, name }) => ({ insert: refId, label: refId, note: name })) };
  return undefined;
}

/** A chain as what owns the name that is typed, and that name. Undefined where the chain is only a beginning. */
function splitChain(chain: string): { owner: string; typed: string; bracket: boolean; opening: number } | undefined {
  const bracket = /^(.*)\[(['"]?)([^'"\]]*)$/.exec(chain);
  if (bracket) return { owner: bracket[1] ?? '', typed: bracket[3] ?? '', bracket: true, opening: 1 + (bracket[2]?.length ?? 0) };
  const dot = /^(.*)\.(\w*)$/.exec(chain);
  return dot ? { owner: (dot[1] ?? '').replace(/\?$/, ''), typed: dot[2] ?? '', bracket: false, opening: 0 } : undefined;
}

function member(name: string, bracket: boolean): Suggestion {
  const isPlain = /^[A-Za-z_]\w*$/.test(name);
  return { insert: bracket || !isPlain ? `['${name}']` : `.${name}`, label: name };
}

/** What an expression may begin with. */
function beginnings(known: Known): Suggestion[] {
  const roots: Suggestion[] = [
    { insert: 'trigger', label: 'trigger', note: 'what started the run' },
    { insert: 'execution', label: 'execution', note: 'the run' },
    { insert: 'parameters', label: 'parameters', note: "the run's parameters" },
  ];
  const variables = stagesBefore(known)
    .filter(({ type }) => type === 'evaluateVariables')
    .flatMap((stage) => (Array.isArray(stage['variables']) ? stage['variables'].filter(isFields).map((one) => [String(one['key'] ?? ''), stage.name] as const) : []))
    .filter(([key]) => key !== '')
    .map(([key, stage]): Suggestion => ({ insert: key, label: key, note: `of ${stage}` }));
  const stages = stagesBefore(known).map(({ name }): Suggestion => ({ insert: `#stage('${name}')`, label: `#stage('${name}')`, note: 'a stage before' }));
  const functions = known.functions.map(({ name, description, parameters }): Suggestion => {
    const names = parameters.map((one) => one.name).join(', ');
    return { insert: `#${name}()`, label: `#${name}(${names})`, note: description, back: parameters.length > 0 ? 1 : 0 };
  });
  return [...roots, ...variables, ...stages, ...functions];
}

/** The names that what is written so far has. */
function members(owner: string, known: Known): string[] {
  const stage = /^#stage\(\s*['"](.*?)['"]\s*\)(.*)$/.exec(owner);
  if (stage) return ofStage(stage[1] ?? '', keys(stage[2] ?? ''), known);
  const [root, ...rest] = keys(owner);
  if (root === 'parameters') return rest.length === 0 ? parameterNames(known) : [];
  if (root === 'trigger') {
    if (rest.length === 1 && rest[0] === 'parameters') return parameterNames(known);
    const seen = namesIn(known.run?.trigger, rest);
    return rest.length === 0 ? distinct([...TRIGGER, ...configured(known.pipeline), ...seen]) : seen;
  }
  if (root === 'execution') return rest.length === 0 ? distinct([...EXECUTION, ...namesIn(known.run, [])]) : namesIn(known.run, rest);
  return [];
}

const TRIGGER = ['type', 'user', 'parameters', 'artifacts', 'payload', 'eventId', 'correlationId'];
const EXECUTION = ['id', 'name', 'application', 'stages', 'startTime', 'buildTime', 'authentication', 'pipelineConfigId', 'trigger', 'status'];
const STAGE = ['context', 'outputs', 'status', 'name', 'type', 'refId', 'startTime', 'endTime'];

/** What the triggers of the pipeline bring, by their types. */
function configured(pipeline: Pipeline): string[] {
  const brings: Readonly<Record<string, readonly string[]>> = {
    git: ['branch', 'hash', 'source', 'project', 'slug', 'action'],
    docker: ['account', 'registry', 'repository', 'tag', 'digest'],
    pipeline: ['parentExecution', 'parentPipelineId'],
    jenkins: ['master', 'job', 'buildNumber', 'buildInfo'],
  };
  return pipeline.triggers.flatMap(({ type }) => brings[String(type)] ?? []);
}

function ofStage(name: string, rest: readonly string[], known: Known): string[] {
  const [part, ...inner] = rest;
  const ran = known.run?.stages.find((one) => one.name === name);
  if (part === undefined) return STAGE;
  if (part === 'outputs') return namesIn(ran?.outputs, inner);
  if (part !== 'context') return [];
  const written = known.pipeline.stages.find((one) => one.name === name);
  const { refId: _, requisiteStageRefIds: _too, type: _either, name: _nor, ...settings } = written ?? ({} as StageConfig);
  return distinct([...namesIn(settings, inner), ...namesIn(ran?.context, inner)]);
}

/** The names of `a.b['c']`. */
function keys(chain: string): string[] {
  return [...chain.matchAll(/\[\s*(?:'([^']*)'|"([^"]*)"|(\d+))\s*\]|(\w+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? match[4] ?? '');
}

function namesIn(value: unknown, at: readonly string[]): string[] {
  let found: unknown = value;
  for (const name of at) found = Array.isArray(found) ? found[Number(name)] : isFields(found) ? found[name] : undefined;
  return isFields(found) ? Object.keys(found as Fields) : [];
}

function parameterNames({ pipeline }: Known): string[] {
  return pipeline.parameterConfig.map(({ name }) => name).filter((name) => name);
}

/** The stages that have ended when this one starts; without one, all. */
function stagesBefore({ pipeline, stage }: Known): StageConfig[] {
  if (!stage) return [...pipeline.stages];
  const before = ancestors(pipeline, stage.refId);
  return pipeline.stages.filter((one) => before.has(one.refId) && one.refId !== stage.refId);
}

/** Those that begin with, or else have, what is typed. */
function matching(items: readonly Suggestion[], typed: string): Suggestion[] {
  const wanted = typed.toLowerCase();
  const begins = items.filter(({ label }) => label.toLowerCase().startsWith(wanted));
  const has = items.filter(({ label }) => !begins.some((one) => one.label === label) && label.toLowerCase().includes(wanted));
  return [...begins, ...(wanted.length > 1 ? has : [])].slice(0, MOST);
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}
