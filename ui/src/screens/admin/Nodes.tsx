/** The nodes with their leases; and what holds or lets go everything. */
import { useState } from 'react';

import { type Active, type Batch, type Node, setNodeEnabled, steerAll } from '../../gate/admin';
import { messageOf } from '../../gate/errors';
import { Button } from '../../parts/Button';
import { FormDialog } from '../../parts/Dialog';
import { StatusDot } from '../../parts/Status';
import { Name } from '../../parts/Text';
import { duration } from '../../parts/time';
import { toast } from '../../parts/Toasts';
import styles from './Admin.module.css';
import { steerable } from './model';

/** The section. */
export function Nodes({ active, now }: { active: Active; now: number }) {
  const [asks, setAsks] = useState<'pause' | 'resume'>();
  const { pausable, paused } = steerable(active);
  return (
    <section className={styles.section} aria-label="Nodes">
      <header className={styles.head}>
        <h2>Nodes</h2>
        <span className={styles.actions}>
          <Button icon="pause" isDisabled={pausable.length === 0} onPress={() => setAsks('pause')}>
            {`Pause all pipelines (${pausable.length})`}
          </Button>
          <Button icon="play" isDisabled={paused.length === 0} onPress={() => setAsks('resume')}>
            {`Resume all pipelines (${paused.length})`}
          </Button>
        </span>
      </header>
      <ul className={styles.list}>
        {active.nodes.map((node) => (
          <NodeRow key={`${node.node} ${node.epoch}`} node={node} now={now} />
        ))}
      </ul>
      {active.nodes.length === 0 && <p className={styles.problem}>No node lives: nothing goes on until one is started.</p>}
      {asks && <SteerDialog act={asks} ids={asks === 'pause' ? pausable : paused} onClose={() => setAsks(undefined)} />}
    </section>
  );
}

function NodeRow({ node, now }: { node: Node; now: number }) {
  const { alive, enabled, expires, executions } = node;
  const left = expires === undefined ? undefined : expires - now;
  const toggle = (): void => {
    setNodeEnabled(enabled === false).then(
      () => toast({ tone: 'good', text: enabled === false ? `${node.node} takes new work.` : `${node.node} takes nothing new.` }),
      (error: unknown) => toast({ tone: 'bad', text: messageOf(error) }),
    );
  };
  return (
    <li className={styles.account}>
      <StatusDot tone={!alive ? 'bad' : enabled === false ? 'waiting' : 'good'} label={!alive ? 'It is gone' : enabled === false ? 'It takes nothing new' : 'It lives'} />
      <Name className={styles.name ?? ''}>{node.node}</Name>
      {node.address !== undefined && <Name className="soft">{node.address}</Name>}
      <span className="soft number">epoch {node.epoch}</span>
      <span className="soft number">{!alive ? 'gone' : left === undefined ? '' : left > 0 ? `lease ends in ${duration(left)}` : 'lease to be renewed'}</span>
      <span className="number">{executions.length === 1 ? '1 execution' : `${executions.length} executions`}</span>
      {enabled === false && <span className={styles.held}>takes nothing new</span>}
      {enabled !== undefined && (
        <span className={styles.actions}>
          <Button look="quiet" icon={enabled ? 'pause' : 'play'} onPress={toggle}>
            {enabled ? 'Take nothing new' : 'Take new work'}
          </Button>
        </span>
      )}
    </li>
  );
}

function SteerDialog({ act, ids, onClose }: { act: 'pause' | 'resume'; ids: readonly string[]; onClose: () => void }) {
  // What began while the dialog is open is not meant.
  const [meant] = useState(ids);
  const [batch, setBatch] = useState<Batch>();
  const pauses = act === 'pause';
  return (
    <FormDialog
      title={pauses ? 'Pause all pipelines' : 'Resume all pipelines'}
      action={pauses ? `Pause ${meant.length}` : `Resume ${meant.length}`}
      look={pauses ? 'danger' : 'primary'}
      onClose={onClose}
      onSubmit={async () => {
        const { failures, all } = await steerAll(meant, act, setBatch);
        if (failures.length > 0) throw new Error(`${failures.length} of ${all} failed. ${failures.slice(0, 5).map(({ id, reason }) => `${id}: ${reason}`).join('\n')}`);
        toast({ tone: 'good', text: pauses ? `${all} pipelines are paused.` : `${all} pipelines go on.` });
      }}
    >
      {pauses ? (
        <p>Every pipeline that runs now finishes the step that it is at and then waits, whoever started it. What starts later is not paused: let the nodes take nothing new, too. Tasks go on.</p>
      ) : (
        <p>Every pipeline that is paused now goes on, also those that somebody paused for a reason of their own.</p>
      )}
      {batch && (
        <p role="status" className="number">
          {batch.done} of {batch.all}
        </p>
      )}
    </FormDialog>
  );
}
