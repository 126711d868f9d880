/** What the parts of an application's configuration are, and what is wrong with what was typed. */
import { ADDRESSES, type Notification, type Notifications } from '../../gate/notifications';
import type { Fields } from '../../gate/wire';

/** What is wrong, a sentence a field: `links.0.path`. */
export type Problems = Readonly<Record<string, string>>;

/** Clusters that must not be left without instances that serve. `*` is any; an empty stack or detail is none. */
export interface Guard extends Fields {
  enabled: boolean;
  account: string;
  location: string;
  stack: string;
  detail: string;
}

/** The guards of an application as forms have them. */
export function guardsOf(value: unknown): Guard[] {
  return objects(value).map((one) => ({
    ...one,
    enabled: one['enabled'] !== false,
    account: text(one['account']),
    location: text(one['location']) || '*',
    stack: text(one['stack']),
    detail: text(one['detail']),
  }));
}

/** What is wrong with guards. */
export function guardProblems(guards: readonly Guard[]): Problems {
  const found: Record<string, string> = {};
  guards.forEach((guard, index) => {
    if (guard.account === '') found[`${index}.account`] = 'Choose an account.';
    if (guards.findIndex((other) => sameClusters(other, guard)) < index) found[`${index}.account`] = 'There is such a guard already.';
  });
  return found;
}

function sameClusters(one: Guard, other: Guard): boolean {
  return (['account', 'location', 'stack', 'detail'] as const).every((field) => one[field] === other[field]);
}

/** The clusters of the account that a guard watches, of those that there are now. */
export function watched(guard: Guard, application: string, clusters: Readonly<Record<string, readonly string[]>>): string[] {
  const fits = (wanted: string, value: string): boolean => wanted === '*' || wanted === value;
  return (clusters[guard.account] ?? []).filter((name) => {
    const rest = name.slice(application.length + 1);
    const [stack = '', ...detail] = name.startsWith(`${application}-`) ? rest.split('-') : [''];
    return fits(guard.stack, stack) && fits(guard.detail, detail.join('-'));
  });
}

/** Links that stand with each instance, in groups. */
export interface LinkGroup extends Fields {
  title: string;
  cloudProviders?: string[];
  links: Link[];
}

/** One link: a path on the instance. */
export interface Link extends Fields {
  title: string;
  path: string;
}

/** The groups of links of an application. */
export function linkGroupsOf(value: unknown): LinkGroup[] {
  return objects(value).map((one) => ({
    ...one,
    title: text(one['title']),
    links: objects(one['links']).map((link) => ({ ...link, title: text(link['title']), path: text(link['path']) })),
  }));
}

/** What is wrong with links. */
export function linkProblems(groups: readonly LinkGroup[]): Problems {
  const found: Record<string, string> = {};
  groups.forEach((group, at) => {
    if (group.title.trim() === '') found[`${at}.title`] = 'Give the group a title.';
    group.links.forEach((link, index) => {
      if (link.title.trim() === '') found[`${at}.${index}.title`] = 'Give the link a title.';
      if (!/^(\/|:\d{1,5}(\/|$)|https?:\/\/)/.test(link.path.trim())) found[`${at}.${index}.path`] = 'Begin with /, with a port such as :8080/, or with https://.';
    });
  });
  return found;
}

/** A sentence over every screen of the application. At most one is shown. */
export interface CustomBanner extends Fields {
  enabled: boolean;
  text: string;
  backgroundColor: string;
  textColor: string;
}

/** The banners of an application. */
export function bannersOf(value: unknown): CustomBanner[] {
  return objects(value).map((one) => ({
    ...one,
    enabled: one['enabled'] === true,
    text: text(one['text']),
    backgroundColor: text(one['backgroundColor']),
    textColor: text(one['textColor']),
  }));
}

/** The kinds of banners, by upstream's colours. */
export const BANNER_KINDS = [
  { value: 'danger', label: 'Danger' },
  { value: 'alert', label: 'Alert' },
  { value: 'warning', label: 'Warning' },
  { value: 'success', label: 'Good news' },
  { value: 'accessory', label: 'Note' },
] as const;

/** A kind of banner. */
export type BannerKind = (typeof BANNER_KINDS)[number]['value'];

/** The kind that a banner's colour means; a note if it is none of upstream's. */
export function bannerKind({ backgroundColor }: Pick<CustomBanner, 'backgroundColor'>): BannerKind {
  const name = /^var\(--color-([a-z]+)/.exec(backgroundColor)?.[1];
  return BANNER_KINDS.find(({ value }) => value === name)?.value ?? 'accessory';
}

/** The banner in the colours of a kind, as upstream's page has them. */
export function coloured(banner: CustomBanner, kind: BannerKind): CustomBanner {
  return { ...banner, backgroundColor: `var(--color-${kind})`, textColor: 'var(--color-text-on-dark)' };
}

/** The list with one banner switched: another one that was on goes off. */
export function switched(banners: readonly CustomBanner[], index: number, enabled: boolean): CustomBanner[] {
  return banners.map((banner, at) => ({ ...banner, enabled: at === index ? enabled : banner.enabled && !enabled }));
}

/** What is wrong with banners. */
export function bannerProblems(banners: readonly CustomBanner[]): Problems {
  return Object.fromEntries(banners.flatMap((banner, index) => (banner.text.trim() === '' ? [[`${index}.text`, 'Write what it says.']] : [])));
}

/** When a notification is sent. */
export const WHEN = [
  { value: 'pipeline.starting', label: 'a pipeline starts' },
  { value: 'pipeline.complete', label: 'it succeeds' },
  { value: 'pipeline.failed', label: 'it fails' },
] as const;

/** All notifications in one list, each with its kind. */
export function notificationList(all: Notifications): Notification[] {
  return Object.entries(all).flatMap(([kind, list]) => objects(list).map((one) => ({ ...one, type: text(one['type']) || kind })));
}

/** What is sent: a list a kind; kinds that have none any more go, what is no list stays. */
export function notificationsSent(before: Notifications, list: readonly Notification[]): Notifications {
  const others = Object.fromEntries(Object.entries(before).filter(([, value]) => !Array.isArray(value)));
  const kinds = [...new Set(list.map(({ type }) => type))];
  return { ...others, ...Object.fromEntries(kinds.map((kind) => [kind, list.filter(({ type }) => type === kind)])) };
}

/** What is wrong with notifications. */
export function notificationProblems(list: readonly Notification[]): Problems {
  const found: Record<string, string> = {};
  list.forEach((one, index) => {
    const address = one.address?.trim() ?? '';
    if (one.type in ADDRESSES && address === '') found[`${index}.address`] = 'Say whom it is sent to.';
    else if (one.type === 'email' && !/^[^\s@]+@[^\s@]+$/.test(address) && !address.includes('${')) found[`${index}.address`] = 'Write an address such as team@example.com.';
    if ((one.when ?? []).length === 0) found[`${index}.when`] = 'Choose when it is sent.';
  });
  return found;
}

function objects(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter((one): one is Fields => one !== null && typeof one === 'object' && !Array.isArray(one)) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
