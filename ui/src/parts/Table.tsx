/**
 * A table: columns that say how a row is shown and sorted. The order stands in `sort`, which a screen keeps in its address:
 * `name` or `-name`. Long lists are drawn only where they are seen; where rows wrap, each is as high as it turns out.
 */
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useCallback, useMemo, useRef } from 'react';

import { cx } from './cx';
import { Icon } from './Icon';
import styles from './Table.module.css';

/** A column. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** What rows are sorted by; without it the column sorts nothing. */
  readonly by?: (row: Row) => string | number;
  /** Its share of the width as CSS has it for grids, `1fr` by default. */
  readonly width?: string;
  readonly align?: 'end';
  /** Whether it goes where there is little room. */
  readonly optional?: boolean;
}

const ROW = 37;
const ALL_DRAWN = 100;

/** The rows in the order that `sort` names. */
export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: string | undefined): readonly Row[] {
  const by = columns.find((column) => column.id === sort?.replace(/^-/, ''))?.by;
  if (!by) return rows;
  const turn = sort?.startsWith('-') ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [left, right] = [by(one), by(other)];
    const order = typeof left === 'number' && typeof right === 'number' ? left - right : String(left).localeCompare(String(right));
    return order * turn;
  });
}

/** A table. */
export function Table<Row>({
  label,
  rows,
  columns,
  keyOf,
  sort,
  onSort,
}: {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
  sort?: string | undefined;
  onSort?: (sort: string) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const ordered = useMemo(() => sorted(rows, columns, sort), [rows, columns, sort]);
  const virtual = useWindowVirtualizer({
    count: ordered.length,
    estimateSize: () => ROW,
    // Where the list is not shown its rows have no height: all of them would fit into the window.
    measureElement: (row) => row.getBoundingClientRect().height || ROW,
    getItemKey: useCallback((index: number) => (ordered[index] === undefined ? index : keyOf(ordered[index])), [ordered, keyOf]),
    overscan: 12,
    scrollMargin: place.current?.offsetTop ?? 0,
    enabled: ordered.length > ALL_DRAWN,
  });
  const few = ordered.length <= ALL_DRAWN;
  const items = virtual.getVirtualItems();
  const shown = few ? ordered.map((row, index) => ({ row, index })) : items.flatMap(({ index }) => (ordered[index] === undefined ? [] : [{ row: ordered[index], index }]));
  const template = columns.map((column) => column.width ?? '1fr').join(' ');
  const before = few ? 0 : (items[0]?.start ?? 0) - virtual.options.scrollMargin;
  return (
    <div className={styles.table} role="table" aria-label={label} aria-rowcount={ordered.length + 1} style={{ '--columns': template } as React.CSSProperties}>
      <div role="rowgroup">
        <div className={styles.head} role="row" aria-rowindex={1}>
          {columns.map((column) => (
            <Head key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
      </div>
      <div role="rowgroup" ref={place} style={few ? undefined : { height: virtual.getTotalSize() }}>
        <div style={few ? undefined : { transform: `translateY(${before}px)` }}>
          {shown.map(({ row, index }) => (
            <div key={keyOf(row)} ref={few ? undefined : virtual.measureElement} data-index={index} className={cx(styles.row, few && styles.unmeasured)} role="row" aria-rowindex={index + 2}>
              {columns.map((column) => (
                <div key={column.id} className={styles.cell} role="cell" data-align={column.align} data-optional={column.optional}>
                  {column.cell(row)}
                </div>
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

function Head<Row>({ column, sort, onSort }: { column: Column<Row>; sort: string | undefined; onSort: ((sort: string) => void) | undefined }) {
  const up = sort === column.id;
  const down = sort === `-${column.id}`;
  const order = up ? 'ascending' : down ? 'descending' : 'none';
  const sortable = column.by !== undefined && onSort !== undefined;
  return (
    <div className={styles.cell} role="columnheader" aria-sort={sortable ? order : undefined} data-align={column.align} data-optional={column.optional}>
      {sortable ? (
        <button type="button" className={styles.sort} onClick={() => onSort(up ? `-${column.id}` : column.id)}>
          {column.title}
          {(up || down) && <Icon name={up ? 'up' : 'down'} />}
        </button>
      ) : (
        column.title
      )}
    </div>
  );
}
