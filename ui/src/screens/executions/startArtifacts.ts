/** The artifacts of a start by hand: for each that the pipeline expects, which one it gets. */
import type { Execution, Fields, PipelineConfig } from '../../gate/wire';

/** Where an artifact comes from: the pipeline finds it, its default, that of an earlier run, or one that is typed. */
export type Source = 'found' | 'default' | 'prior' | 'hand';

/** An artifact that the pipeline expects. */
export interface Expected {
  readonly id: string;
  readonly name: string;
  readonly match: Fields;
  /** Its default, if it has one. */
  readonly default: Fields | undefined;
  /** What the run before, or the run that is repeated, had. */
  readonly prior: Fields | undefined;
  /** Whether the pipeline finds one by itself: it may take the default or that of its last run. */
  readonly isFound: boolean;
}

/** What was chosen for one; the texts are for `hand`. */
export interface ArtifactChoice {
  readonly source: Source;
  readonly name: string;
  readonly version: string;
  readonly reference: string;
}

/** What the pipeline expects. `before` is the run whose artifacts may be taken again. */
export function expectedOf(config: PipelineConfig | undefined, before: Execution | undefined): Expected[] {
  return (config?.expectedArtifacts ?? []).map((one, index) => {
    const match = fieldsIn(one['matchArtifact']);
    const id = text(one['id']) || String(index);
    const usable = one['useDefaultArtifact'] === true ? nonEmpty(fieldsIn(one['defaultArtifact'])) : undefined;
    return {
      id,
      name: text(one['displayName']) || text(match['name']) || id,
      match,
      default: usable,
      prior: before && boundIn(before, id),
      isFound: usable !== undefined || one['usePriorArtifact'] === true,
    };
  });
}

function boundIn({ trigger }: Execution, id: string): Fields | undefined {
  const resolved = trigger['resolvedExpectedArtifacts'];
  if (!Array.isArray(resolved)) return undefined;
  const found = resolved.find((one: Fields | null) => one?.['id'] === id) as Fields | undefined;
  return nonEmpty(fieldsIn(found?.['boundArtifact']));
}

/** What a form begins with: what was chosen last if that is still there, else what needs nothing to be typed. */
export function initialChoice(expected: Expected, last: ArtifactChoice | undefined, repeats: boolean): ArtifactChoice {
  const typed = { name: last?.name ?? plain(expected.match['name']), version: last?.version ?? '', reference: last?.reference ?? plain(expected.match['reference']) };
  if (repeats && expected.prior) return { ...typed, source: 'prior' };
  if (last && sourcesOf(expected).includes(last.source)) return { ...typed, source: last.source };
  return { ...typed, source: sourcesOf(expected)[0] ?? 'hand' };
}

/** Where it can come from, the best first. */
export function sourcesOf(expected: Expected): Source[] {
  return [
    ...(expected.isFound ? (['found'] as const) : []),
    ...(expected.prior ? (['prior'] as const) : []),
    ...(expected.default ? (['default'] as const) : []),
    'hand',
  ];
}

/** What is wrong: `id.reference`. */
export function artifactProblems(all: readonly Expected[], chosen: Readonly<Record<string, ArtifactChoice>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const expected of all) {
    const choice = chosen[expected.id];
    if (choice?.source !== 'hand') continue;
    if (choice.name.trim() === '' && choice.reference.trim() === '') found[`${expected.id}.name`] = 'Name it, or say its reference.';
  }
  return found;
}

/** The artifacts that are sent with the trigger; what the pipeline finds by itself is not among them. */
export function artifactsSent(all: readonly Expected[], chosen: Readonly<Record<string, ArtifactChoice>>): Fields[] {
  return all.flatMap((expected): Fields[] => {
    const choice = chosen[expected.id];
    switch (choice?.source) {
      case 'default':
        return expected.default ? [withoutId(expected.default)] : [];
      case 'prior':
        return expected.prior ? [withoutId(expected.prior)] : [];
      case 'hand':
        return [byHand(expected, choice)];
      default:
        return [];
    }
  });
}

function byHand({ match }: Expected, { name, version, reference }: ArtifactChoice): Fields {
  const typed = Object.entries({ name, version, reference }).filter(([, value]) => value.trim() !== '');
  const kept = Object.entries(match).filter(([field]) => field === 'type' || field === 'artifactAccount' || field === 'location');
  return Object.fromEntries([...kept, ...typed.map(([field, value]) => [field, value.trim()] as const)]);
}

/** An artifact in a few words. */
export function artifactWords(artifact: Fields): string {
  const name = text(artifact['name']) || text(artifact['reference']) || text(artifact['type']);
  const version = text(artifact['version']);
  return version === '' ? name : `${name} ${version}`;
}

function withoutId(artifact: Fields): Fields {
  const { id: _, ...rest } = artifact;
  return rest;
}

function nonEmpty(fields: Fields): Fields | undefined {
  return ['name', 'reference', 'type'].some((name) => text(fields[name]) !== '') ? fields : undefined;
}

function fieldsIn(value: unknown): Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A text, unless it is a pattern. */
function plain(value: unknown): string {
  return /^[\w./:@-]*$/.test(text(value)) ? text(value) : '';
}
