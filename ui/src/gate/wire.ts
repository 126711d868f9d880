/** gate's JSON: the fields that this page reads. All objects may have more, which are kept when they are sent back. */

/** Anything that JSON can say. */
export type Json = unknown;
/** An object with whatever is in it. */
export type Fields = Record<string, Json>;

/** How an execution, a stage or a task is. */
export type Status =
  | 'NOT_STARTED'
  | 'RUNNING'
  | 'PAUSED'
  | 'SUSPENDED'
  | 'SUCCEEDED'
  | 'FAILED_CONTINUE'
  | 'TERMINAL'
  | 'CANCELED'
  | 'REDIRECT'
  | 'STOPPED'
  | 'BUFFERED'
  | 'SKIPPED';

/** An application in the list of all. */
export interface ApplicationSummary {
  name: string;
  email?: string;
  description?: string | null;
  createTs?: string | number;
  updateTs?: string | number;
  cloudProviders?: string | string[];
  [field: string]: Json;
}

/** One application. */
export interface Application {
  name: string;
  attributes: ApplicationAttributes;
}

/** What an application says of itself. */
export interface ApplicationAttributes extends ApplicationSummary {
  instancePort?: number;
  repoType?: string | null;
  repoProjectKey?: string | null;
  repoSlug?: string | null;
  dataSources?: { enabled: string[]; disabled: string[] } | null;
}

/** What started an execution. */
export interface Trigger {
  type?: string;
  user?: string;
  parameters?: Fields;
  [field: string]: Json;
}

/** A step of a stage. */
export interface StageTask {
  id: string;
  name: string;
  status: Status;
  startTime?: number | null;
  endTime?: number | null;
  [field: string]: Json;
}

/** A stage of an execution. */
export interface Stage {
  id: string;
  refId?: string;
  type: string;
  name: string;
  status: Status;
  startTime?: number | null;
  endTime?: number | null;
  context: Fields;
  outputs?: Fields;
  tasks?: StageTask[];
  requisiteStageRefIds?: string[];
  syntheticStageOwner?: 'STAGE_BEFORE' | 'STAGE_AFTER' | null;
  parentStageId?: string | null;
  lastModified?: { user?: string; lastModifiedTime?: number } | null;
}

/** A run of a pipeline. */
export interface Execution {
  id: string;
  type?: 'PIPELINE' | 'ORCHESTRATION';
  application: string;
  name?: string;
  pipelineConfigId?: string;
  status: Status;
  buildTime?: number | null;
  startTime?: number | null;
  endTime?: number | null;
  canceled?: boolean;
  canceledBy?: string;
  cancellationReason?: string;
  paused?: { pausedBy?: string; pauseTime?: number; resumeTime?: number | null; resumedBy?: string | null } | null;
  authentication?: { user?: string };
  trigger: Trigger;
  stages: Stage[];
  [field: string]: Json;
}

/** A parameter that a pipeline asks for. */
export interface Parameter {
  name: string;
  label?: string;
  description?: string;
  default?: Json;
  required?: boolean;
  pinned?: boolean;
  hasOptions?: boolean;
  options?: { value: string }[];
  constraint?: string | null;
}

/** A stage as a pipeline is written with. */
export interface StageConfig extends Fields {
  refId: string;
  requisiteStageRefIds?: string[];
  type: string;
  name?: string;
}

/** A pipeline as it is saved. */
export interface PipelineConfig {
  id: string;
  name: string;
  application: string;
  index?: number;
  disabled?: boolean;
  description?: string;
  stages: StageConfig[];
  triggers?: Fields[];
  parameterConfig?: Parameter[];
  notifications?: Fields[];
  expectedArtifacts?: Fields[];
  updateTs?: string | number;
  lastModifiedBy?: string;
  [field: string]: Json;
}

/** A task: an operation on an application or on infrastructure. */
export interface Task {
  id: string;
  name: string;
  application?: string;
  status: Status;
  buildTime?: number | null;
  startTime?: number | null;
  endTime?: number | null;
  variables?: { key: string; value: Json }[];
  steps?: StageTask[];
  execution?: Execution;
  [field: string]: Json;
}

/** Who is using the page. */
export interface User {
  username: string;
  email?: string;
  roles?: string[];
  isAdmin?: boolean;
}

/** An account of a cloud. */
export interface Account {
  name: string;
  type?: string;
  cloudProvider?: string;
  environment?: string;
  [field: string]: Json;
}

/** An answer that names what it started: `/pipelines/ID` or `/tasks/ID`. */
export interface Reference {
  ref: string;
}

/** Whether a judgment of it waits for an answer. */
export function awaitsJudgment({ stages }: Execution): boolean {
  return stages.some(({ type, status }) => type === 'manualJudgment' && status === 'RUNNING');
}

/** The id in a reference. */
export function idOf(reference: Reference): string {
  return reference.ref.slice(reference.ref.lastIndexOf('/') + 1);
}
