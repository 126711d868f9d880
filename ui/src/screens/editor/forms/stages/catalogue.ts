/**
 * The stage types: what people call them, what belongs together, and the forms written by hand. A type that is not here is
 * offered all the same, with a form made of its schema.
 */
import type { JsonSchema, Preconfigured } from '../../../../gate/capabilities';
import type { StageConfig } from '../../model';
import { specsOf, titleOf } from '../schema';
import { group, keysOf, type Spec } from '../spec';
import * as core from './core';
import { deploy, freshServerGroup } from './deploy';
import * as groups from './serverGroups';

/** A stage type that can be picked. */
export interface StageType {
  readonly type: string;
  readonly label: string;
  readonly description: string;
  readonly section: string;
  /** What a new one begins with. */
  readonly fresh: Partial<StageConfig>;
}

interface Known {
  readonly label: string;
  readonly section: Section;
  readonly specs?: readonly Spec[];
  readonly description?: string;
  readonly fresh?: Partial<StageConfig>;
}

const SECTIONS = ['Flow', 'Server groups', 'Clusters', 'Calls and jobs', 'Artifacts and images', 'Prepared by operators', 'Load balancers and instances', 'Pipelines and applications', 'Others'] as const;
type Section = (typeof SECTIONS)[number];

const onFirst = { target: 'current_asg_dynamic' };

const KNOWN: Readonly<Record<string, Known>> = {
  deploy: { label: 'Deploy', section: 'Server groups', specs: deploy, description: 'Creates server groups, and does with those before what a strategy says.', fresh: { clusters: [freshServerGroup()] } },
  manualJudgment: { label: 'Manual judgment', section: 'Flow', specs: core.manualJudgment, fresh: { judgmentInputs: [], notifications: [] } },
  wait: { label: 'Wait', section: 'Flow', specs: core.wait, fresh: { waitTime: 30 } },
  waitUntil: { label: 'Wait until', section: 'Flow' },
  waitForCondition: { label: 'Wait for condition', section: 'Others' },
  checkPreconditions: { label: 'Check preconditions', section: 'Flow', specs: core.checkPreconditions, fresh: { preconditions: [] } },
  evaluateVariables: { label: 'Evaluate variables', section: 'Flow', specs: core.evaluateVariables, fresh: { variables: [] } },
  pipeline: { label: 'Pipeline', section: 'Flow', specs: core.pipeline, fresh: { waitForCompletion: true } },
  dependsOnExecution: { label: 'Depends on execution', section: 'Others' },
  webhook: { label: 'Webhook', section: 'Calls and jobs', specs: core.webhook, fresh: { method: 'POST' } },
  runJob: { label: 'Run job', section: 'Calls and jobs' },
  destroyJob: { label: 'Destroy job', section: 'Calls and jobs' },
  resizeServerGroup: { label: 'Resize server group', section: 'Server groups', specs: groups.resize, fresh: { ...onFirst, action: 'scale_exact' } },
  disableServerGroup: { label: 'Disable server group', section: 'Server groups', specs: groups.disable, fresh: { target: 'ancestor_asg_dynamic' } },
  enableServerGroup: { label: 'Enable server group', section: 'Server groups', specs: groups.enable, fresh: { target: 'ancestor_asg_dynamic' } },
  destroyServerGroup: { label: 'Destroy server group', section: 'Server groups', specs: groups.destroy, fresh: { target: 'oldest_asg_dynamic' } },
  cloneServerGroup: { label: 'Clone server group', section: 'Server groups', description: 'Creates a server group like another one.' },
  pinServerGroup: { label: 'Pin server group', section: 'Others' },
  rollbackServerGroup: { label: 'Roll back server group', section: 'Server groups', specs: groups.rollbackServerGroup, fresh: { rollbackType: 'EXPLICIT' } },
  rollbackCluster: { label: 'Roll back cluster', section: 'Clusters', specs: groups.rollbackCluster },
  disableCluster: { label: 'Disable cluster', section: 'Clusters', specs: groups.disableCluster, fresh: { remainingEnabledServerGroups: 1 } },
  shrinkCluster: { label: 'Shrink cluster', section: 'Clusters', specs: groups.shrinkCluster, fresh: { shrinkToSize: 1 } },
  scaleDownCluster: { label: 'Scale down cluster', section: 'Clusters', specs: groups.scaleDownCluster, fresh: { remainingFullSizeServerGroups: 1 } },
  findImage: { label: 'Find image from cluster', section: 'Artifacts and images', specs: groups.findImage },
  findImageFromTags: { label: 'Find image from tags', section: 'Artifacts and images' },
  upsertImageTags: { label: 'Tag image', section: 'Artifacts and images' },
  evaluateArtifacts: { label: 'Evaluate artifacts', section: 'Artifacts and images', specs: core.evaluateArtifacts, fresh: { artifactContents: [] } },
  findArtifactFromExecution: { label: 'Find artifact from execution', section: 'Artifacts and images', specs: core.findArtifactFromExecution, fresh: { executionOptions: { successful: true } } },
  savePipelinesFromArtifact: { label: 'Save pipelines from artifact', section: 'Pipelines and applications' },
};

/** Stages that others make, and those that only move a picture of theirs: nobody writes them. */
const INTERNAL = new Set(['applySourceServerGroupCapacity', 'captureSourceServerGroupCapacity', 'createServerGroup', 'determineTargetServerGroup', 'determineTargetReference', 'restrictExecutionDuringTimeWindow', 'serverGroupForceCacheRefresh', 'preconfiguredJob', 'preconfiguredWebhook', 'updatePipeline', 'noop']);

/** All types that can be picked, in the order of their sections. */
export function stageTypes(schemas: Readonly<Record<string, JsonSchema>>, prepared: readonly Preconfigured[]): StageType[] {
  const run = Object.entries(schemas).filter(([type]) => !type.startsWith('_') && !INTERNAL.has(type));
  const own = run.map(([type, schema]): StageType => {
    const known = KNOWN[type];
    return { type, label: known?.label ?? titleOf(type), description: known?.description ?? schema.description ?? '', section: known?.section ?? sectionOf(type), fresh: { type, name: known?.label ?? titleOf(type), ...structuredClone(known?.fresh) } };
  });
  const theirs = prepared.map((one): StageType => {
    const label = one.label || titleOf(one.type);
    return { type: one.type, label, description: one.description ?? '', section: 'Prepared by operators', fresh: { type: one.type, name: label } };
  });
  const place = (one: StageType): number => SECTIONS.indexOf(one.section as Section);
  return [...own, ...theirs].toSorted((one, other) => place(one) - place(other) || one.label.localeCompare(other.label));
}

function sectionOf(type: string): Section {
  if (/Pipeline|Application|Project|Plugin|Snapshot/.test(type)) return 'Pipelines and applications';
  if (/LoadBalancer|Instance|SecurityGroup|ScalingPolicy/.test(type)) return 'Load balancers and instances';
  if (/ServerGroup/.test(type)) return 'Server groups';
  return 'Others';
}

/** What is set while a stage runs, by the page or by orca: nobody writes it. */
const WHILE_RUNNING = new Set(['skipRemainingWait', 'judgmentStatus', 'judgmentInput']);

/** What a stage type is called, and what it does. */
export function describe(type: string, schema: JsonSchema | undefined): string {
  const description = KNOWN[type]?.description ?? schema?.description;
  return [labelOfType(type), description].filter((part) => part !== undefined).join(': ');
}

function labelOfType(type: string): string {
  return KNOWN[type]?.label ?? titleOf(type);
}

/**
 * The fields of a stage: those written by hand first, then in a closed group those that only its schema knows. `known` are
 * the keys that every stage has.
 */
export function specsOfStage(stage: StageConfig, schema: JsonSchema | undefined, prepared: Preconfigured | undefined, known: ReadonlySet<string>): readonly Spec[] {
  const byHand = KNOWN[stage.type]?.specs ?? (prepared ? preparedSpecs(prepared) : undefined);
  // What orca's webhooks and jobs of their own types read is theirs.
  const described = (schema ? specsOf(schema) : []).filter(({ at }) => !WHILE_RUNNING.has(at[0] ?? ''));
  const besides = (taken: ReadonlySet<string>): Spec[] => described.filter((spec) => [...keysOf([spec], stage)].every((name) => !taken.has(name)));
  if (!byHand) return besides(known);
  const rest = besides(new Set([...known, ...allKeys(byHand)]));
  return rest.length === 0 ? byHand : [...byHand, group('More settings', rest.map((spec) => ({ ...spec, required: false })), { folded: true })];
}

function preparedSpecs({ parameters = [] }: Preconfigured): readonly Spec[] | undefined {
  if (parameters.length === 0) return undefined;
  return parameters.map((one): Spec => ({ kind: 'text', at: ['parameterValues', one.name], label: one.label || one.name, ...(one.description ? { description: one.description } : {}), ...(one.defaultValue === undefined || one.defaultValue === null ? {} : { default: one.defaultValue }) }));
}

/** The keys of all fields, shown or not. */
function allKeys(specs: readonly Spec[]): string[] {
  return specs.flatMap((spec) => (spec.kind === 'group' ? allKeys(spec.fields ?? []) : spec.at.slice(0, 1)));
}

