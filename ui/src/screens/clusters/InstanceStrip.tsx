/**
 * Instances of a server group as a line of squares, in the colour of each one's health. A line is one picture, however many there
 * are; a press opens the instance under the pointer. By keyboard instances are reached one a row, and in the server group's details.
 */
import { useNavigate } from '@tanstack/react-router';
import { memo, type MouseEvent } from 'react';

import type { Instance } from '../../gate/cloud';
import type { Tone } from '../../parts/Status';
import { countHealth, lookOf, sentenceOf } from '../infrastructure/health';
import styles from './InstanceStrip.module.css';

/** From one square to the next, in pixels. */
export const PITCH = 14;
const SIDE = 12;

/** The line. */
export const InstanceStrip = memo(function InstanceStrip({
  application,
  provider,
  instances,
  selected,
}: {
  application: string;
  provider: string;
  instances: readonly Instance[];
  selected: string | undefined;
}) {
  const navigate = useNavigate();
  const under = (event: MouseEvent): Instance | undefined => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return x % PITCH > SIDE ? undefined : instances[Math.floor(x / PITCH)];
  };
  const open = (event: MouseEvent): void => {
    const instance = under(event);
    if (!instance) return;
    void navigate({
      to: '/applications/$application/clusters/instanceDetails/$provider/$instanceId',
      params: { application, provider, instanceId: instance.id },
      search: ((before: object) => before) as never,
    });
  };
  const name = (event: MouseEvent): void => {
    const instance = under(event);
    event.currentTarget.setAttribute('data-over', instance ? 'true' : 'false');
    const title = event.currentTarget.querySelector('title');
    const text = instance ? `${instance.name ?? instance.id}: ${lookOf(instance.healthState).word}` : '';
    if (title && title.textContent !== text) title.textContent = text;
  };
  const at = selected === undefined ? -1 : instances.findIndex(({ id }) => id === selected);
  return (
    // A picture for those who see it: everybody reaches the instances by the links of the list and of the details.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <svg className={styles.strip} width={instances.length * PITCH} height={SIDE} role="img" aria-label={sentenceOf(countHealth(instances))} onClick={open} onMouseMove={name}>
      <title />
      {pathsOf(instances).map(({ tone, path }) => (
        <path key={tone} data-tone={tone} d={path} />
      ))}
      {at !== -1 && <rect className={styles.selected} x={at * PITCH - 1} y={-1} width={SIDE + 2} height={SIDE + 2} rx={3} />}
    </svg>
  );
});

/** A path for each tone, with its squares. */
export function pathsOf(instances: readonly Pick<Instance, 'healthState'>[]): { tone: Tone; path: string }[] {
  const paths = new Map<Tone, string>();
  instances.forEach(({ healthState }, index) => {
    const { tone } = lookOf(healthState);
    paths.set(tone, `${paths.get(tone) ?? ''}M${index * PITCH} 0h${SIDE}v${SIDE}h-${SIDE}z`);
  });
  return [...paths].map(([tone, path]) => ({ tone, path }));
}
