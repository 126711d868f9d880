/** The artifacts that a pipeline or a stage expects: what matches, and what is taken if nothing does. */
import type { Fields } from '../../../../gate/wire';
import { choice, flag, group, map, type Spec, text, within } from '../spec';

/** An artifact's own fields. */
function artifactFields(isPattern: boolean): readonly Spec[] {
  const pattern = isPattern ? ' A regular expression of Java for the whole, or empty for any.' : '';
  return [
    choice('artifactAccount', 'Account', { offer: 'artifactAccounts', description: 'What fetches it.' }),
    text('type', 'Type', { offer: 'artifactTypes', description: `For example docker/image.${pattern}` }),
    text('name', 'Name', { description: `For example an image without its tag, or a path.${pattern}`, code: true }),
    text('version', 'Version', { description: `A tag, a branch, a commit.${pattern}`, code: true }),
    text('location', 'Location', { description: `A namespace or a region, for types that have one.${pattern}`, code: true }),
    text('reference', 'Reference', { description: `Where it is: an address, or an image with its tag.${pattern}`, code: true }),
    map('metadata', 'Metadata', { when: ({ metadata }) => metadata !== undefined && Object.keys(metadata as Fields).length > 0 }),
  ];
}

/** The fields of an expected artifact. */
export const expectedArtifactFields: readonly Spec[] = [
  text('displayName', 'Name for people', { required: true, check: (value, _, { pipeline, stage }) => (!stage && twice(pipeline.expectedArtifacts, 'displayName', value) ? 'Another artifact is called so.' : undefined) }),
  group('What matches', within('matchArtifact', artifactFields(true))),
  group('If nothing matches', [
    flag('usePriorArtifact', "Take the last run's", { default: false }),
    flag('useDefaultArtifact', 'Take the default', { default: false }),
    group('The default', within('defaultArtifact', artifactFields(false)), { when: ({ useDefaultArtifact }) => useDefaultArtifact === true }),
  ]),
];

/** Whether more than one of a list has this value. */
export function twice(all: readonly unknown[], name: string, value: unknown): boolean {
  return all.filter((one) => (one as Fields)[name] === value).length > 1;
}

/** A new one: triggers and stages name it by its id. */
export function freshArtifact(): Fields {
  return {
    id: crypto.randomUUID(),
    displayName: '',
    matchArtifact: { id: crypto.randomUUID() },
    defaultArtifact: { id: crypto.randomUUID() },
    usePriorArtifact: false,
    useDefaultArtifact: false,
  };
}
