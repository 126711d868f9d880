/** Whom an application's runs are told to: `/notifications/application/{application}`. */
import { queryOptions } from '@tanstack/react-query';

import { client } from './client';
import { get, path, post } from './http';
import type { Fields } from './wire';

/** One of them; `message` and fields of its kind are kept as they are. */
export interface Notification extends Fields {
  type: string;
  address?: string;
  level?: string;
  when?: string[];
}

/** All of an application: a list a kind, beside what front50 says of the whole. */
export type Notifications = Fields;

/** Kinds of notifications that upstream knows, with what their address is called. */
export const ADDRESSES: Readonly<Record<string, string>> = {
  email: 'E-mail address',
  slack: 'Slack channel',
  googlechat: 'Webhook of the Google Chat room',
  microsoftteams: 'Webhook of the Teams channel',
  sms: 'Telephone number',
};

/** What is said where the install can send none. */
export const UNSENT = 'This install sends no notifications yet: they are kept, and none is sent.';

/** What an application has. */
export function notifications(application: string) {
  return queryOptions({
    queryKey: ['notifications', application],
    queryFn: ({ signal }) => get<Notifications>(path('notifications', 'application', application), { signal }),
  });
}

/** The kinds that this install can send. */
export const notificationKinds = queryOptions({
  queryKey: ['notificationKinds'],
  queryFn: ({ signal }) => get<{ notificationType: string }[]>('/notifications/metadata', { signal }),
  staleTime: 600_000,
});

/** Replaces all of an application. */
export async function saveNotifications(application: string, all: Notifications): Promise<void> {
  await post(path('notifications', 'application', application), { ...all, application });
  await client.invalidateQueries({ queryKey: ['notifications', application] });
}
