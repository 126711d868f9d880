/** The rows of clusters, of which only those that are seen are drawn. */
import { Link, useLocation } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';

import type { Instance } from '../../gate/cloud';
import { path } from '../../gate/http';
import { Icon } from '../../parts/Icon';
import { StatusBar } from '../../parts/Status';
import { Name } from '../../parts/Text';
import { Ago } from '../../parts/Time';
import { type Counts, lookOf, present, sentenceOf, totalOf } from '../infrastructure/health';
import styles from './ClusterList.module.css';
import { InstanceStrip, PITCH } from './InstanceStrip';
import { type Cluster, type Drawn, type Group, type Row, rowsOf, versionOf } from './rows';

/** Heights in pixels; the style sheet has the same. */
const HEIGHTS = { account: 34, cluster: 38, group: 34, strip: 16, stripLast: 22, instance: 30 } as const;
/** What stands beside the squares of a line. */
const ASIDE = 42;
/** Rows beyond what is seen. */
const AHEAD = 4;

/** What is looked at: parts of the address. */
export type Selected = Readonly<Record<string, string>> | undefined;

/** The list. */
export function ClusterList({ application, clusters, drawn, selected }: { application: string; clusters: readonly Cluster[]; drawn: Drawn; selected: Selected }) {
  const place = useRef<HTMLDivElement>(null);
  const search = useLocation({ select: ({ searchStr }) => searchStr });
  const [width, setWidth] = useState(0);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const measure = (): void => {
      setWidth(element.clientWidth);
      setTop(element.getBoundingClientRect().top + window.scrollY);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  const perLine = Math.max(4, Math.floor((width - ASIDE) / PITCH));
  const rows = useMemo(() => (width === 0 ? [] : rowsOf(clusters, drawn, perLine)), [clusters, drawn, perLine, width]);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: useCallback((index: number) => heightOf(rows[index]), [rows]),
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    overscan: AHEAD,
    scrollMargin: top,
  });
  // Heights are known beforehand, but depend on the rows.
  useLayoutEffect(() => virtual.measure(), [rows, virtual]);
  const items = virtual.getVirtualItems();
  const before = (items[0]?.start ?? 0) - virtual.options.scrollMargin;
  return (
    <div ref={place} className={styles.list} role="list" aria-label="Clusters" style={{ height: virtual.getTotalSize() }}>
      <div role="presentation" style={{ transform: `translateY(${before}px)` }}>
        {items.map(({ index, key }) => {
          const row = rows[index];
          return row && <RowOf key={key} row={row} application={application} search={search} selected={isSelected(row, selected) ? (selected?.['instanceId'] ?? 'group') : undefined} />;
        })}
      </div>
    </div>
  );
}

function heightOf(row: Row | undefined): number {
  if (!row) return HEIGHTS.group;
  return row.kind === 'strip' && row.isLast ? HEIGHTS.stripLast : HEIGHTS[row.kind];
}

function isSelected(row: Row, selected: Selected): boolean {
  if (!selected) return false;
  const id = selected['instanceId'];
  if (row.kind === 'instance') return id === row.instance.id;
  if (row.kind === 'strip' && id !== undefined) return row.instances.some((instance) => instance.id === id);
  if (row.kind !== 'group' && row.kind !== 'strip') return false;
  const { group } = row.group;
  return selected['name'] === group.name && selected['account'] === group.account && selected['region'] === group.region;
}

const RowOf = memo(function RowOf({ row, application, search, selected }: { row: Row; application: string; search: string; selected: string | undefined }) {
  switch (row.kind) {
    case 'account':
      return (
        <div className={styles.account} role="listitem">
          <h2>
            <Name>{row.account}</Name>
          </h2>
          <span className="soft">{`${row.clusters} ${row.clusters === 1 ? 'cluster' : 'clusters'}, ${totalOf(row.counts)} instances`}</span>
        </div>
      );
    case 'cluster':
      return <ClusterRow cluster={row.cluster} />;
    case 'group':
      return <GroupRow application={application} cluster={row.cluster} group={row.group} isSelected={selected !== undefined} />;
    case 'strip':
      return (
        <div className={styles.strip} role="listitem" data-selected={selected === 'group' || undefined} data-last={row.isLast || undefined} data-off={row.group.group.isDisabled || undefined}>
          <InstanceStrip application={application} provider={row.group.group.cloudProvider} instances={row.instances} selected={selected} />
        </div>
      );
    case 'instance':
      return <InstanceRow application={application} group={row.group} instance={row.instance} search={search} isSelected={selected !== undefined} />;
  }
});

/** Dozens of these are made for each frame while the list scrolls: their links are the browser's own, which cost next to nothing. */
function InstanceRow({ application, group: { group }, instance, search, isSelected: selected }: { application: string; group: Group; instance: Instance; search: string; isSelected: boolean }) {
  const look = lookOf(instance.healthState);
  const name = instance.name ?? instance.id;
  return (
    <div className={styles.instance} role="listitem" data-selected={selected || undefined}>
      <span className={styles.dot} data-tone={look.tone} aria-hidden="true" />
      <a
        href={`#${path('applications', application, 'clusters', 'instanceDetails', group.cloudProvider, instance.id)}${search}`}
        aria-current={selected ? 'page' : undefined}
        onPointerEnter={loadDetails}
        onFocus={loadDetails}
        dir="auto"
        title={name.length > 24 ? name : undefined}
      >
        {name}
      </a>
      <span className={styles.state}>{look.word}</span>
      <span className={styles.zone}>{instance.availabilityZone ?? instance.zone}</span>
      <Ago at={instance.launchTime} />
    </div>
  );
}

/** Loads what an instance's details are drawn with, before they are opened. */
function loadDetails(): void {
  void import('./InstanceDetails');
}

function ClusterRow({ cluster }: { cluster: Cluster }) {
  return (
    <div className={styles.cluster} role="listitem">
      <h3>
        <Name>{cluster.name}</Name>
      </h3>
      <span className={styles.provider}>{cluster.provider}</span>
      <Health counts={cluster.counts} />
    </div>
  );
}

function GroupRow({ application, group: { group, counts }, isSelected: selected }: { application: string; cluster: Cluster; group: Group; isSelected: boolean }) {
  const version = versionOf(group);
  const sequence = /-v\d+$/.exec(group.name)?.[0].slice(1);
  return (
    <div className={styles.group} role="listitem" data-selected={selected || undefined} data-off={group.isDisabled || undefined}>
      <Link
        className={styles.name}
        to="/applications/$application/clusters/serverGroupDetails/$provider/$account/$region/$name"
        params={{ application, provider: group.cloudProvider, account: group.account, region: group.region, name: group.name }}
        search={((before: object) => before) as never}
        aria-label={group.name}
      >
        <Icon name="right" />
        <Name>{sequence === undefined ? group.name : sequence.toUpperCase()}</Name>
      </Link>
      <span className={styles.region}>
        <Name>{group.region}</Name>
      </span>
      <span className={styles.version}>
        <Name>{version}</Name>
      </span>
      {group.isDisabled && <span className={styles.off}>disabled</span>}
      <span className={styles.age}>
        <Ago at={group.createdTime} />
      </span>
      <span className={styles.size}>{sizeOf(group.capacity?.desired, totalOf(counts))}</span>
      <Health counts={counts} />
    </div>
  );
}

/** How many there are of how many there should be; nothing where that is the same number, which its health says. */
function sizeOf(desired: number | undefined, total: number): string {
  return desired === undefined || desired === total ? '' : `${total} of ${desired}`;
}

function Health({ counts }: { counts: Counts }) {
  const parts = present(counts);
  return (
    <span className={styles.health}>
      <span className={styles.words}>
        {parts.map(({ state, count, tone, word }) => (
          <span key={state} data-tone={tone} title={`${count} ${word}`}>
            {count} <span className={styles.word}>{word}</span>
          </span>
        ))}
      </span>
      {parts.length > 0 && <StatusBar className={styles.bar ?? ''} label={sentenceOf(counts)} parts={parts.map(({ tone, count, word }) => ({ tone, weight: count, title: `${count} ${word}` }))} />}
    </span>
  );
}
