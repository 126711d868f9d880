/** Entity tags: `/tags`. They are changed by tasks. */
import { queryOptions } from '@tanstack/react-query';

import type { EntityTags } from './cloud';
import { get } from './http';
import type { Fields } from './wire';

/** What is tagged. */
export interface Entity {
  readonly entityType: 'servergroup' | 'loadbalancer' | 'cluster' | 'instance' | 'securitygroup';
  readonly entityId: string;
  readonly account: string;
  readonly region: string;
  readonly cloudProvider: string;
}

/** The tags of an entity, if it has any. */
export function entityTags(application: string, entity: Entity) {
  const { entityType, entityId, account, region } = entity;
  return queryOptions({
    queryKey: ['entityTags', application, entityType, entityId, account, region],
    queryFn: async ({ signal }) => {
      const found = await get<EntityTags[]>('/tags', { signal, query: { entityType, entityId, account, region } });
      return found[0] ?? null;
    },
  });
}

/** The job of a task that hangs a tag on an entity, or changes it. */
export function tagJob(application: string, entity: Entity, name: string, value: string): Fields {
  return { type: 'upsertEntityTags', application, entityRef: { ...entity }, isPartial: true, tags: [{ name, value }] };
}

/** The job of a task that takes a tag off. */
export function untagJob(id: string, name: string): Fields {
  return { type: 'deleteEntityTags', id, tags: [name] };
}
