/** What is known of accounts while a form is filled in. */
import { accounts } from '../../../../gate/accounts';
import { client } from '../../../../gate/client';
import type { Account, Fields } from '../../../../gate/wire';

/** The account of this name, if the page has heard of it. */
export function knownAccount(name: unknown): Account | undefined {
  return client.getQueryData<Account[]>(accounts.queryKey)?.find((one) => one.name === name);
}

/** The regions of an account; of no account, those of all. */
export function regionsOf(all: readonly Account[], account: string | undefined): string[] {
  const regions = all.filter(({ name }) => account === undefined || name === account).flatMap((one) => (Array.isArray(one['regions']) ? (one['regions'] as unknown[]) : []));
  return regions.map((region) => (typeof region === 'string' ? region : String((region as Fields | null)?.['name'] ?? ''))).filter((name) => name !== '');
}
