/** What a user types about an application, and what is wrong with it. */
import type { Application, ApplicationAttributes } from '../../gate/wire';
import type { ApplicationDraft } from '../../gate/applications';

/** The fields of the form, all as text. */
export interface Draft {
  name: string;
  email: string;
  description: string;
  instancePort: string;
  repoType: string;
  repoProjectKey: string;
  repoSlug: string;
  cloudProviders: readonly string[];
}

/** Where sources may be kept, by upstream's names. */
export const REPOSITORIES = [
  { value: 'none', label: 'None' },
  { value: 'github', label: 'GitHub' },
  { value: 'gitlab', label: 'GitLab' },
  { value: 'bitbucket', label: 'Bitbucket' },
  { value: 'stash', label: 'Bitbucket Server' },
] as const;

/** An empty form. */
export const nothing: Draft = {
  name: '',
  email: '',
  description: '',
  instancePort: '80',
  repoType: 'none',
  repoProjectKey: '',
  repoSlug: '',
  cloudProviders: [],
};

/** The form of an application that there is. */
export function draftOf({ name, attributes }: Application): Draft {
  const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value));
  return {
    name,
    email: text(attributes.email),
    description: text(attributes.description),
    instancePort: text(attributes.instancePort ?? 80),
    repoType: text(attributes.repoType) || 'none',
    repoProjectKey: text(attributes.repoProjectKey),
    repoSlug: text(attributes.repoSlug),
    cloudProviders: providersOf(attributes),
  };
}

/** An application's cloud providers: gate writes them as one text or as a list. */
export function providersOf({ cloudProviders }: Pick<ApplicationAttributes, 'cloudProviders'>): string[] {
  const parts = Array.isArray(cloudProviders) ? cloudProviders : (cloudProviders ?? '').split(',');
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** What is sent for the form. */
export function sent(draft: Draft): ApplicationDraft {
  const none = draft.repoType === 'none';
  return {
    name: draft.name.trim().toLowerCase(),
    email: draft.email.trim(),
    description: draft.description.trim(),
    cloudProviders: [...draft.cloudProviders],
    instancePort: Number(draft.instancePort) || 80,
    repoType: none ? null : draft.repoType,
    repoProjectKey: none ? null : draft.repoProjectKey.trim(),
    repoSlug: none ? null : draft.repoSlug.trim(),
  };
}

/** What is wrong, by field. `taken` are the names that are in use; an application that is edited has its own. */
export function problems(draft: Draft, taken: readonly string[]): Partial<Record<keyof Draft, string>> {
  const found: Partial<Record<keyof Draft, string>> = {};
  const name = draft.name.trim();
  if (name === '') found.name = 'Give it a name.';
  // front50 takes these letters; a cloud may take fewer.
  else if (!/^[a-zA-Z0-9_.~-]+$/.test(name)) found.name = 'Use letters, digits, and . _ - ~ only.';
  else if (taken.includes(name.toLowerCase())) found.name = 'There is an application of this name.';
  if (!/^[^\s@]+@[^\s@]+$/.test(draft.email.trim())) found.email = 'Write an address such as team@example.com.';
  const port = Number(draft.instancePort);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) found.instancePort = 'A port is a number from 1 to 65535.';
  return found;
}
