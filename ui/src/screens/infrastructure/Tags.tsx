/** Tags that people and machines hang on a thing, with ways to add and to remove one. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { EntityTags } from '../../gate/cloud';
import { type Entity, entityTags, tagJob, untagJob } from '../../gate/entityTags';
import { GateError } from '../../gate/errors';
import { useFailure } from '../../gate/failing';
import type { Operation } from '../../gate/plans';
import { Button, IconButton } from '../../parts/Button';
import { TextField } from '../../parts/Field';
import { Answer } from '../../parts/States';
import { Name } from '../../parts/Text';
import { taskChange } from './change';
import { ChangeDialog } from './ChangeDialog';
import { Value } from './Facts';
import { Part } from './Split';
import styles from './Tags.module.css';

const NO_OPERATIONS: readonly Operation[] = [];

/** The part; nothing where gate has no tags. */
export function Tags({ application, entity }: { application: string; entity: Entity }) {
  const query = useQuery(entityTags(application, entity));
  const [open, setOpen] = useState<'add' | { readonly remove: string }>();
  const failure = useFailure(query);
  if (failure instanceof GateError && !failure.isPassing) return null;
  const close = (): void => setOpen(undefined);
  return (
    <Part
      title="Tags"
      actions={
        <Button look="quiet" icon="plus" aria-label="Add a tag" onPress={() => setOpen('add')}>
          Add …
        </Button>
      }
    >
      <Answer query={query} what="tags">
        {(known) => (known === null || known.tags.length === 0 ? <p className="soft">It has none.</p> : <List known={known} onRemove={(name) => setOpen({ remove: name })} />)}
      </Answer>
      {open === 'add' && <AddDialog application={application} entity={entity} onClose={close} />}
      {typeof open === 'object' && query.data && <RemoveDialog application={application} entity={entity} id={query.data.id} name={open.remove} onClose={close} />}
    </Part>
  );
}

function List({ known, onRemove }: { known: EntityTags; onRemove: (name: string) => void }) {
  return (
    <ul className={styles.tags}>
      {known.tags.map(({ name, value }) => (
        <li key={name}>
          <Name className={styles.name}>{name}</Name>
          <div className={styles.value}>
            <Value value={value} />
          </div>
          <IconButton label={`Remove the tag ${name}`} icon="trash" onPress={() => onRemove(name)} />
        </li>
      ))}
    </ul>
  );
}

function AddDialog({ application, entity, onClose }: { application: string; entity: Entity; onClose: () => void }) {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const change = taskChange(application, `Create tag on ${entity.entityId}`, {
    title: `Tag ${entity.entityId}`,
    action: 'Add the tag',
    danger: false,
    says: ['A tag of the same name gets the new value.'],
    operations: { provider: entity.cloudProvider, all: NO_OPERATIONS },
    jobs: [tagJob(application, entity, name.trim(), value)],
  });
  return (
    <ChangeDialog application={application} change={change} isReady={name.trim() !== ''} onClose={onClose}>
      <TextField label="Name" value={name} onChange={setName} isRequired autoFocus />
      <TextField label="Value" value={value} onChange={setValue} rows={3} />
    </ChangeDialog>
  );
}

function RemoveDialog({ application, entity, id, name, onClose }: { application: string; entity: Entity; id: string; name: string; onClose: () => void }) {
  const change = taskChange(application, `Deleting Tags on '${id}'`, {
    title: `Remove the tag ${name}`,
    action: 'Remove',
    danger: true,
    says: [`${entity.entityId} itself stays as it is.`],
    operations: { provider: entity.cloudProvider, all: NO_OPERATIONS },
    jobs: [untagJob(id, name)],
  });
  return <ChangeDialog application={application} change={change} onClose={onClose} />;
}
