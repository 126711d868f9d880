/** Names of fields as titles. */

/** `unhealthyThreshold` as `Unhealthy threshold`, `intervalMs` as `Interval (ms)`; what is no such name stays. */
export function titleOf(name: string): string {
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) return name;
  const words = name.replace(/Ms$/, '').replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().replace(/\bid\b/, 'id');
  return words.charAt(0).toUpperCase() + words.slice(1) + (name.endsWith('Ms') && name !== 'Ms' ? ' (ms)' : '');
}
