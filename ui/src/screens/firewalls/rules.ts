/** Rules of firewalls in words, and what is typed for one of the local provider. */
import type { Fields, Json } from '../../gate/wire';

/** A rule: who, by what, to which ports. */
export interface Rule {
  readonly source: string;
  readonly protocol: string;
  readonly ports: string;
}

/** A rule as its cloud says it. */
export function ruleOf(rule: Fields): Rule {
  const range = rule['range'] as { ip?: string; cidr?: string } | undefined;
  const group = rule['securityGroup'] as { name?: string; id?: string } | undefined;
  const source = range ? `${range.ip ?? ''}${range.cidr ?? ''}` : (group?.name ?? group?.id ?? wordOf(rule['source'] ?? rule['sourceRanges']));
  const ranges = Array.isArray(rule['portRanges']) ? (rule['portRanges'] as { startPort?: number; endPort?: number }[]) : [];
  const ports = ranges.map(({ startPort, endPort }) => (startPort === endPort ? `${startPort}` : isAll(startPort, endPort) ? 'all' : `${startPort ?? 'all'}–${endPort ?? ''}`));
  return { source: source === '' ? 'anywhere' : source, protocol: wordOf(rule['protocol']) || 'all', ports: ports.join(', ') || 'all' };
}

function isAll(start: number | undefined, end: number | undefined): boolean {
  return (start ?? 0) <= 1 && (end ?? 65_535) === 65_535;
}

function wordOf(value: Json): string {
  if (Array.isArray(value)) return value.map(wordOf).join(', ');
  return value === undefined || value === null ? '' : String(value);
}

/** What is typed, a line a rule: `10.0.0.0/8`, `10.0.0.0/8 8080`, `::1 8000-8099`. */
export function parseRules(text: string): { rules: Fields[]; problem: string | undefined } {
  const rules: Fields[] = [];
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const [cidr = '', ports, ...rest] = line.split(/\s+/);
    const match = ports === undefined ? undefined : /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(ports);
    if (rest.length > 0 || match === null || !/^[\da-fA-F.:]+(\/\d{1,3})?$/.test(cidr)) {
      return { rules: [], problem: `"${line}" is no rule: write an address or a range, then a port or two with a hyphen.` };
    }
    if (!match) {
      rules.push({ cidr });
      continue;
    }
    const startPort = Number(match[1]);
    const endPort = Number(match[2] ?? match[1]);
    if (startPort > endPort || endPort > 65_535) return { rules: [], problem: `"${line}": ports go up to 65535, the smaller one first.` };
    rules.push({ cidr, startPort, endPort, type: 'tcp' });
  }
  return { rules, problem: undefined };
}

/** Rules as they are typed. */
export function textOfRules(rules: readonly Fields[]): string {
  return rules
    .map((rule) => {
      const { source } = ruleOf(rule);
      const [range] = Array.isArray(rule['portRanges']) ? (rule['portRanges'] as { startPort?: number; endPort?: number }[]) : [];
      if (!range || isAll(range.startPort, range.endPort)) return source;
      return `${source} ${range.startPort === range.endPort ? range.startPort : `${range.startPort}-${range.endPort}`}`;
    })
    .join('\n');
}
