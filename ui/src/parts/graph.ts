/**
 * Where the stages of a graph stand: in columns, each stage right of all that it waits for; within a column near what it
 * waits for. Pure, and linear but for the sorting of columns.
 */

/** A stage as the graph sees it. */
export interface GraphStage {
  readonly refId: string;
  readonly requisites: readonly string[];
}

/** Where a stage stands. */
export interface Place {
  readonly column: number;
  readonly row: number;
}

/** A drawn graph. */
export interface Layout {
  readonly places: ReadonlyMap<string, Place>;
  readonly columns: number;
  readonly rows: number;
}

/** Places for all stages. Requisites that are not there, and those in a circle, are left out. */
export function layout(stages: readonly GraphStage[]): Layout {
  const byRef = new Map(stages.map((stage) => [stage.refId, stage]));
  const columnOf = new Map<string, number>();
  const column = (stage: GraphStage, above: ReadonlySet<string>): number => {
    const known = columnOf.get(stage.refId);
    if (known !== undefined) return known;
    const path = new Set(above).add(stage.refId);
    let most = 0;
    for (const ref of stage.requisites) {
      const before = byRef.get(ref);
      if (before && !path.has(ref)) most = Math.max(most, column(before, path) + 1);
    }
    columnOf.set(stage.refId, most);
    return most;
  };
  const columns: GraphStage[][] = [];
  for (const stage of stages) (columns[column(stage, new Set())] ??= []).push(stage);

  const places = new Map<string, Place>();
  let rows = 0;
  for (const [index, members] of columns.entries()) {
    const wish = (stage: GraphStage): number => {
      const before = stage.requisites.flatMap((ref) => places.get(ref)?.row ?? []);
      return before.length === 0 ? Infinity : before.reduce((sum, row) => sum + row, 0) / before.length;
    };
    const wishes = new Map(members.map((stage) => [stage, wish(stage)]));
    const order = members.toSorted((one, other) => (wishes.get(one) ?? 0) - (wishes.get(other) ?? 0) || 0);
    let next = 0;
    for (const stage of order) {
      const wished = wishes.get(stage) ?? Infinity;
      const row = Math.max(next, wished === Infinity ? next : Math.floor(wished));
      places.set(stage.refId, { column: index, row });
      next = row + 1;
    }
    rows = Math.max(rows, next);
  }
  return { places, columns: columns.length, rows };
}
