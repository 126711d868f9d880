/** Where a stage leads: the run that it started, the build, the addresses that it called. Only http links are links. */
import type { Stage } from '../../gate/wire';
import { sentence } from '../../parts/sentence';

/** A link out of a stage. */
export type StageLink =
  | { readonly kind: 'run'; readonly text: string; readonly application: string; readonly id: string }
  | { readonly kind: 'url'; readonly text: string; readonly url: string };

/** The links of a stage's steps, each once. */
export function linksOf(steps: readonly Stage[]): StageLink[] {
  const found = new Map<string, StageLink>();
  const url = (text: string, value: unknown): void => {
    if (isWeb(value) && !found.has(value)) found.set(value, { kind: 'url', text, url: value });
  };
  for (const { context, type } of steps) {
    const text = (name: string): string | undefined => (typeof context[name] === 'string' && context[name] !== '' ? (context[name] as string) : undefined);
    const id = text('executionId');
    if (type === 'pipeline' && id) {
      found.set(id, { kind: 'run', text: sentence`Run of ${text('executionName') ?? 'the pipeline'}`, application: text('application') ?? '', id });
    }
    const build = context['buildInfo'] as { url?: unknown; fullDisplayName?: unknown } | undefined;
    url(String(build?.fullDisplayName ?? 'Build'), build?.url);
    const webhook = context['webhook'] as { monitor?: { body?: unknown } } | undefined;
    url('Address that was called', text('url'));
    url('Address that is watched', (webhook?.monitor as { url?: unknown } | undefined)?.url ?? text('statusEndpoint'));
  }
  return [...found.values()].filter((link) => link.kind === 'url' || link.application !== '');
}

function isWeb(value: unknown): value is string {
  return typeof value === 'string' && /^https?:\/\//i.test(value);
}
