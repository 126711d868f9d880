/** Changes of a server group that have settings: each with its fields over the plan. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { Capacity, ServerGroup } from '../../gate/cloud';
import { lastGood } from '../../gate/serverGroups';
import { Button } from '../../parts/Button';
import { Dialog } from '../../parts/Dialog';
import { Checkbox, Select, TextField } from '../../parts/Field';
import { Answer } from '../../parts/States';
import { ChangeDialog } from '../infrastructure/ChangeDialog';
import { countHealth, sentenceOf } from '../infrastructure/health';
import styles from './Details.module.css';
import { backToLastGood, clone, problemOfCapacity, resize, rollBack, scale, STRATEGIES, weigh } from './serverGroupChanges';

interface Common {
  readonly application: string;
  readonly group: ServerGroup;
  readonly onClose: () => void;
}

interface Size {
  readonly min: string;
  readonly desired: string;
  readonly max: string;
}

function sizeOf(group: ServerGroup): Size {
  const { min, desired, max } = group.capacity ?? { min: group.instances.length, desired: group.instances.length, max: group.instances.length };
  return { min: String(min), desired: String(desired), max: String(max) };
}

function capacityOf({ min, desired, max }: Size): Capacity {
  const number = (text: string): number => (/^\d+$/.test(text.trim()) ? Number(text) : NaN);
  return { min: number(min), desired: number(desired), max: number(max) };
}

function SizeFields({ size, onChange }: { size: Size; onChange: (size: Size) => void }) {
  return (
    <div className={styles.sizes}>
      <TextField label="Minimum" type="number" value={size.min} onChange={(min) => onChange({ ...size, min })} />
      <TextField label="Desired" type="number" value={size.desired} onChange={(desired) => onChange({ ...size, desired })} autoFocus />
      <TextField label="Maximum" type="number" value={size.max} onChange={(max) => onChange({ ...size, max })} />
    </div>
  );
}

/** Another size. */
export function ResizeDialog({ application, group, onClose }: Common) {
  const [size, setSize] = useState(() => sizeOf(group));
  const capacity = capacityOf(size);
  return (
    <ChangeDialog application={application} change={resize(application, group, capacity)} problem={problemOfCapacity(capacity)} onClose={onClose}>
      <SizeFields size={size} onChange={setSize} />
    </ChangeDialog>
  );
}

/** To another server group of the cluster. */
export function RollbackDialog({ application, group, onClose, others }: Common & { others: readonly ServerGroup[] }) {
  const [to, setTo] = useState(() => (others.find((one) => (one.createdTime ?? 0) < (group.createdTime ?? 0)) ?? others[0])?.name);
  const [healthy, setHealthy] = useState('100');
  const target = others.find((one) => one.name === to);
  if (!target) {
    return (
      <Dialog title={`Roll back ${group.name}`} onClose={onClose} hasEnd>
        <p>
          There is nothing to go back to: the cluster {group.cluster} has no other server group in {group.region}.
        </p>
        <Button onPress={onClose}>Close</Button>
      </Dialog>
    );
  }
  const share = /^\d+$/.test(healthy) ? Number(healthy) : NaN;
  const problem = share >= 1 && share <= 100 ? undefined : 'The share is a whole number from 1 to 100.';
  const options = others.map((one) => ({ value: one.name, label: `${one.name} (${one.isDisabled ? 'disabled' : 'enabled'}, ${sentenceOf(countHealth(one.instances))})` }));
  return (
    <ChangeDialog application={application} change={rollBack(application, group, target, share)} problem={problem} onClose={onClose}>
      <Select label="Back to" options={options} value={target.name} onChange={setTo} />
      <TextField label="Healthy share, in percent" type="number" value={healthy} onChange={setHealthy} description="So much of it has to be healthy before the other one leaves traffic." />
    </ChangeDialog>
  );
}

/** To the last good version of the cluster, which clouddriver knows. */
export function LastGoodDialog({ application, group, onClose }: Common) {
  const query = useQuery(lastGood(application, group.account, group.cluster, group.cloudProvider));
  const here = query.data?.find(({ region }) => region === group.region);
  if (here?.current !== undefined && here.lastGood !== undefined) {
    return <ChangeDialog application={application} change={backToLastGood(application, group, here.current, here.lastGood, `Why this one: ${here.reason}.`)} onClose={onClose} />;
  }
  return (
    <Dialog title={`Return ${group.cluster} to its last good version`} onClose={onClose} hasEnd>
      <Answer query={query} what="last good version">
        {() => <p>{here ? `There is nothing to go back to: ${here.current === undefined ? 'no server group of the cluster is enabled' : here.reason}.` : 'The cluster is not in this region any more.'}</p>}
      </Answer>
      <Button onPress={onClose}>Close</Button>
    </Dialog>
  );
}

/** Another one like it. */
export function CloneDialog({ application, group, onClose }: Common) {
  const [size, setSize] = useState(() => sizeOf(group));
  const [strategy, setStrategy] = useState<(typeof STRATEGIES)[number]['value']>('');
  const capacity = capacityOf(size);
  return (
    <ChangeDialog application={application} change={clone(application, group, capacity, strategy)} problem={problemOfCapacity(capacity)} onClose={onClose}>
      <SizeFields size={size} onChange={setSize} />
      <Select label="What becomes of the others" options={STRATEGIES} value={strategy} onChange={setStrategy} />
    </ChangeDialog>
  );
}

/** Its share of the requests. */
export function WeightDialog({ application, group, onClose }: Common) {
  const [weight, setWeight] = useState('100');
  const number = /^\d+$/.test(weight) ? Number(weight) : NaN;
  return (
    <ChangeDialog application={application} change={weigh(application, group, number)} problem={number <= 1000 ? undefined : 'The weight is a whole number from 0 to 1000.'} onClose={onClose}>
      <TextField label="Weight" type="number" value={weight} onChange={setWeight} autoFocus />
    </ChangeDialog>
  );
}

const METRICS = [
  { value: 'cpuPercent', label: 'Processor time, in percent of one processor' },
  { value: 'requestsPerSecond', label: 'Requests a second' },
] as const;

/** A policy by which it changes its size. */
export function ScalingDialog({ application, group, onClose }: Common) {
  const [name, setName] = useState('');
  const [metric, setMetric] = useState<(typeof METRICS)[number]['value']>('cpuPercent');
  const [target, setTarget] = useState('50');
  const [scaleIn, setScaleIn] = useState(true);
  const number = target.trim() === '' ? NaN : Number(target);
  return (
    <ChangeDialog
      application={application}
      change={scale(application, group, { name: name.trim(), metric, target: number, scaleIn })}
      problem={number > 0 ? undefined : 'The target is a number over 0.'}
      onClose={onClose}
    >
      <TextField label="Name" value={name} onChange={setName} description={`${group.name}-scaling if there is none.`} />
      <Select label="What is measured" options={METRICS} value={metric} onChange={setMetric} />
      <TextField label="Target of each instance" type="number" value={target} onChange={setTarget} />
      <Checkbox isSelected={scaleIn} onChange={setScaleIn}>
        It may also make them fewer
      </Checkbox>
    </ChangeDialog>
  );
}
