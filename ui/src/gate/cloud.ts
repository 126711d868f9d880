/** What clouds have, as gate tells it: the fields that this page reads. A cloud adds what it likes, and it is shown. */
import type { Fields, Json } from './wire';

/** How an instance is: `Up`, `Down`, `OutOfService`, `Starting`, `Unknown`; clouds may have more. */
export type HealthState = string;

/** The parts of a name. */
export interface Moniker {
  app?: string | null;
  cluster?: string | null;
  stack?: string | null;
  detail?: string | null;
  sequence?: number | null;
}

/** What one source says of an instance's health. */
export interface Health {
  type: string;
  state: HealthState;
  description?: string;
  [field: string]: Json;
}

/** An instance, in a list or by itself. */
export interface Instance {
  id: string;
  name?: string;
  healthState: HealthState;
  health?: Health[];
  launchTime?: number | null;
  availabilityZone?: string;
  zone?: string;
  /** By itself only. */
  account?: string;
  region?: string;
  cloudProvider?: string;
  application?: string;
  serverGroup?: string;
  loadBalancers?: string[];
  [field: string]: Json;
}

/** How many instances there are, and may be. */
export interface Capacity {
  min: number;
  max: number;
  desired: number;
}

/** How many instances are how. */
export interface InstanceCounts {
  total: number;
  up: number;
  down: number;
  unknown: number;
  outOfService: number;
  starting: number;
}

/** A server group, in a list or by itself. */
export interface ServerGroup {
  name: string;
  account: string;
  region: string;
  cluster: string;
  type?: string;
  cloudProvider: string;
  isDisabled?: boolean;
  moniker?: Moniker;
  createdTime?: number | null;
  capacity?: Capacity;
  instances: Instance[];
  instanceCounts?: InstanceCounts;
  loadBalancers?: string[];
  securityGroups?: string[];
  buildInfo?: BuildInfo | null;
  /** By itself only. */
  launchConfig?: Fields | null;
  problems?: unknown[];
  scalingPolicies?: Fields[];
  [field: string]: Json;
}

/** What a server group was built from. */
export interface BuildInfo {
  version?: string;
  commit?: string;
  package_name?: string;
  images?: string[];
  jenkins?: { name?: string; number?: string; host?: string } | null;
  [field: string]: Json;
}

/** A load balancer with what stands behind it. */
export interface LoadBalancer {
  name: string;
  account: string;
  region: string;
  type?: string;
  cloudProvider: string;
  vpcId?: string | null;
  moniker?: Moniker;
  serverGroups?: BalancedGroup[];
  securityGroups?: string[];
  listeners?: Fields[];
  [field: string]: Json;
}

/** A server group behind a load balancer. */
export interface BalancedGroup {
  name: string;
  account?: string;
  region?: string;
  isDisabled?: boolean;
  instances?: { id: string; name?: string; health?: Partial<Health> }[];
  detachedInstances?: unknown[];
}

/** A firewall in the list of all; by itself it has rules. */
export interface Firewall {
  id: string;
  name: string;
  account: string;
  region: string;
  cloudProvider: string;
  vpcId?: string | null;
  moniker?: Moniker;
  inboundRules?: Fields[];
  outboundRules?: Fields[];
  description?: string | null;
  loadBalancers?: unknown[];
  [field: string]: Json;
}

/** A job that a cloud runs, or ran. */
export interface Job {
  id: string;
  name: string;
  account: string;
  location: string;
  provider: string;
  jobState: string;
  createdTime?: number | null;
  completedTime?: number | null;
  completionDetails?: Fields;
  [field: string]: Json;
}

/** To which version of a cluster one can go back, in one region. */
export interface LastGood {
  region: string;
  current?: string;
  lastGood?: string;
  reason: string;
  candidates: { name: string; good: boolean; reason: string; disabled: boolean; instances: number; ready: number }[];
}

/** What something would do. */
export interface Plan {
  of: 'PIPELINE' | 'STAGE' | 'TASK' | 'OPERATION' | 'CHANGE';
  type?: string;
  name?: string;
  outcome: 'RUNS' | 'WAITS' | 'SKIPPED' | 'FAILS' | 'UNREACHED' | 'UNKNOWN';
  remarks?: { severity: 'PROBLEM' | 'DOUBT' | 'NOTE'; message: string }[];
  settings?: Fields;
  before?: Plan[];
  steps?: Plan[];
  after?: Plan[];
}

/** Notes that people and machines hang on a thing. */
export interface EntityTags {
  id: string;
  tags: { name: string; value: Json; namespace?: string }[];
  tagsMetadata?: { name: string; lastModified?: number; lastModifiedBy?: string }[];
}
