import { describe, expect, it } from 'vitest';

import { parseRules, ruleOf, textOfRules } from './rules';

const rule = { protocol: 'tcp', portRanges: [{ startPort: 8000, endPort: 8099 }], range: { ip: '10.0.0.0', cidr: '/8' } };

describe('a rule', () => {
  it('is told in words', () => {
    expect(ruleOf(rule)).toEqual({ source: '10.0.0.0/8', protocol: 'tcp', ports: '8000–8099' });
    expect(ruleOf({ protocol: 'tcp', portRanges: [{ startPort: 1, endPort: 65_535 }], securityGroup: { name: 'web' } })).toEqual({ source: 'web', protocol: 'tcp', ports: 'all' });
    expect(ruleOf({})).toEqual({ source: 'anywhere', protocol: 'all', ports: 'all' });
  });

  it('is typed as a line', () => {
    expect(parseRules('10.0.0.0/8 8080\n\n ::1  8000-8099\n192.168.0.1').rules).toEqual([
      { cidr: '10.0.0.0/8', startPort: 8080, endPort: 8080, type: 'tcp' },
      { cidr: '::1', startPort: 8000, endPort: 8099, type: 'tcp' },
      { cidr: '192.168.0.1' },
    ]);
    expect(parseRules('everybody').problem).toMatch(/is no rule/);
    expect(parseRules('::1 9-8').problem).toMatch(/smaller one first/);
    expect(parseRules('::1 80 tcp').problem).toMatch(/is no rule/);
  });

  it('is typed as it is', () => {
    expect(textOfRules([rule, { protocol: 'tcp', portRanges: [], range: { ip: '::1', cidr: '/128' } }])).toBe('10.0.0.0/8 8000-8099\n::1/128');
  });
});
