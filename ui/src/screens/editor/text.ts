/**
 * A pipeline as a text, JSON or YAML, and back. Pure.
 *
 * What is no pipeline is refused with the lines that are wrong, and nothing of it is taken. What the page decides by itself
 * (the id, the application, when and by whom it was saved) is not in the text.
 */
import { jsonLanguage } from '@codemirror/lang-json';
import { LineCounter, parseDocument, stringify } from 'yaml';

import { messageOf } from '../../gate/errors';
import type { Fields } from '../../gate/wire';
import { type Pipeline, pipelineOf, problemsOf } from './model';

/** The ways to write it. */
export type Language = 'json' | 'yaml';

/** Something that is wrong with a text; a line and a column count from 1. */
export interface Wrong {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** Fields that are not in the text. */
const KEPT = ['id', 'application', 'index', 'updateTs', 'lastModifiedBy', 'createTs', 'lastModified'];

/** The pipeline as a text. */
export function written(pipeline: Pipeline, language: Language): string {
  const shown = Object.fromEntries(Object.entries(pipeline).filter(([key]) => !KEPT.includes(key)));
  return writtenValue(shown, language);
}

/** Any value as a text. */
export function writtenValue(value: unknown, language: Language): string {
  return language === 'json' ? JSON.stringify(value, null, 2) : stringify(value, { lineWidth: 0 });
}

/** The value of a text, or what is wrong with it. */
export function readValue(text: string, language: Language): { value: unknown } | { wrong: Wrong[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  // A text in JSON is one in YAML too: so much as is known of it there (a key that stands twice) holds for both.
  const told = language === 'yaml' ? document.errors : document.errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  const json = language === 'json' ? jsonError(text) : undefined;
  const wrong: Wrong[] = told.map(({ message, linePos }) => ({ message: firstLine(message), ...(linePos ? { line: linePos[0].line, column: linePos[0].col } : {}) }));
  if (json) return { wrong: [json] };
  if (wrong.length > 0) return { wrong };
  try {
    return { value: language === 'json' ? JSON.parse(text) : document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    return { wrong: [{ message: messageOf(error) }] };
  }
}

/** The pipeline of a text, with what the text does not say taken from `before`; or what is wrong with it. */
export function read(text: string, language: Language, before: Pipeline): { pipeline: Pipeline } | { wrong: Wrong[] } {
  const found = readValue(text, language);
  if ('wrong' in found) return found;
  const kept = Object.fromEntries(KEPT.filter((key) => before[key] !== undefined).map((key) => [key, before[key]]));
  try {
    const pipeline = pipelineOf(typeof found.value === 'object' && found.value !== null && !Array.isArray(found.value) ? { ...(found.value as Fields), ...kept } : found.value);
    const wrong = problemsOf(pipeline).map((message) => ({ message }));
    return wrong.length > 0 ? { wrong } : { pipeline };
  } catch (error) {
    return { wrong: [{ message: messageOf(error) }] };
  }
}

/** Where JSON ends to be JSON; browsers say it each in their own way. */
function jsonError(text: string): Wrong | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const message = messageOf(error);
    const place = Number(/position (\d+)/.exec(message)?.[1] ?? firstError(text));
    const before = text.slice(0, place).split('\n');
    return { message: withoutPlace(message), line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  }
}

/** Where the parser of the text field stumbles first: not every browser says it. */
function firstError(text: string): number {
  let place = text.length;
  jsonLanguage.parser.parse(text).iterate({
    enter: ({ type, from }) => {
      if (type.isError) place = Math.min(place, from);
    },
  });
  return place;
}

function withoutPlace(message: string): string {
  return message.replace(/ (in JSON )?at position.*$/s, '').replace(/ at line \d+ column \d+.*$/s, '');
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '');
}
