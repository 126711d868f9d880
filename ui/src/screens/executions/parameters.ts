/** The parameters of a manual start: what was typed, what is wrong with it, what is sent, what is remembered. */
import type { Fields, Parameter } from '../../gate/wire';
import type { ArtifactChoice } from './startArtifacts';

/** What was typed, by the parameter's name. */
export type Typed = Readonly<Record<string, string>>;

/** A value as a text. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What the form begins with: `before` (a run that is repeated, or what was typed last) or the defaults. */
export function initial(parameters: readonly Parameter[], before: Fields = {}): Typed {
  return Object.fromEntries(
    parameters.map((parameter) => {
      const known = textOf(before[parameter.name]);
      const value = known !== '' && (!parameter.hasOptions || offers(parameter, known)) ? known : textOf(parameter.default);
      return [parameter.name, value];
    }),
  );
}

/** What is wrong, by the parameter's name. */
export function problems(parameters: readonly Parameter[], typed: Typed): Record<string, string> {
  const found: Record<string, string> = {};
  for (const parameter of parameters) {
    const value = typed[parameter.name] ?? '';
    if (value.trim() === '') {
      if (parameter.required) found[parameter.name] = 'This parameter is needed.';
    } else if (parameter.hasOptions && !offers(parameter, value)) {
      found[parameter.name] = 'Choose one of the options.';
    } else if (parameter.constraint === 'date' && !/^\d{4}-\d\d-\d\d$/.test(value)) {
      found[parameter.name] = 'Write the date as 2026-11-29.';
    }
  }
  return found;
}

function offers(parameter: Parameter, value: string): boolean {
  return (parameter.options ?? []).some((option) => option.value === value);
}

/** What was typed last for a pipeline, in this browser. */
export function remembered(pipelineId: string): Fields {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(keyOf(pipelineId)) ?? '{}');
    return value !== null && typeof value === 'object' ? (value as Fields) : {};
  } catch {
    return {};
  }
}

/** Keeps it. */
export function remember(pipelineId: string, typed: Typed): void {
  try {
    localStorage.setItem(keyOf(pipelineId), JSON.stringify(typed));
  } catch {
    // Then it is typed again.
  }
}

/** What was chosen last beside the parameters: as what it was started, and with which artifacts. */
export interface LastStart {
  readonly trigger?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly artifacts?: Readonly<Record<string, ArtifactChoice>>;
}

/** What was chosen last for a pipeline, in this browser. */
export function rememberedStart(pipelineId: string): LastStart {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(startKeyOf(pipelineId)) ?? '{}');
    return value !== null && typeof value === 'object' ? (value as LastStart) : {};
  } catch {
    return {};
  }
}

/** Keeps it. A repeated run is no habit: it is kept as one that was started by hand. */
export function rememberStart(pipelineId: string, last: LastStart): void {
  try {
    localStorage.setItem(startKeyOf(pipelineId), JSON.stringify(last.trigger === 'run' ? { artifacts: last.artifacts } : last));
  } catch {
    // Then it is chosen again.
  }
}

function startKeyOf(pipelineId: string): string {
  return `gennaker.start.${pipelineId}`;
}

function keyOf(pipelineId: string): string {
  return `gennaker.parameters.${pipelineId}`;
}
