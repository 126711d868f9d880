/**
 * The stages as a graph: choose one, draw a line from one to another, drag one onto another to put it behind that. Where a
 * stage was dragged to is kept as long as the graph is there; it is not part of a pipeline.
 *
 * Only what changes is drawn anew: a stage that is dragged, and its lines. Dragging chooses nothing: the form of a stage that is
 * chosen would take some frames.
 */
import '@xyflow/react/dist/base.css';

import { applyNodeChanges, Controls, type Edge, Handle, MarkerType, type Node, type NodeProps, Position, ReactFlow, type ReactFlowInstance, type ReactFlowProps } from '@xyflow/react';
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';

import { Button } from '../../parts/Button';
import { layout } from '../../parts/graph';
import { connect, disconnect, labelOf, moveAfter, type StageConfig, waitsFor } from './model';
import type { Session } from './session';
import styles from './StageGraph.module.css';

const WIDTH = 184;
const HEIGHT = 48;
const GAP_X = 56;
const GAP_Y = 18;
/** Below this width of the window, in pixels, the graph begins with so many stages. */
const NARROW = 704;
const FIRST = 3;

interface Shown extends Record<string, unknown> {
  label: string;
  type: string;
}
type StageNode = Node<Shown, 'stage'>;
type Acts = Pick<ReactFlowProps<StageNode>, 'onNodeDragStop' | 'onConnect' | 'isValidConnection' | 'onEdgeClick' | 'onPaneClick' | 'onNodeClick'>;
interface Spot {
  x: number;
  y: number;
}

/** A line between two stages. */
export interface Line {
  readonly from: string;
  readonly to: string;
}

/** The graph. `line` is the line that is chosen. */
export function StageGraph({ session, isReadOnly, line, onLine }: { session: Session; isReadOnly: boolean; line: Line | undefined; onLine: (line: Line | undefined) => void }) {
  const { history, chosen } = session.use();
  const { stages } = history.now;
  const [dragged, setDragged] = useState<ReadonlyMap<string, Spot>>(new Map());
  const flow = useRef<ReactFlowInstance<StageNode>>(undefined);
  const frame = useRef<HTMLDivElement>(null);
  const spots = useSpots(stages);
  // On a phone all of them would be too small to read: it begins with the first ones.
  const [first] = useState(() => (window.innerWidth < NARROW ? { ...FIT, nodes: stages.slice(0, FIRST).map(({ refId }) => ({ id: refId })) } : FIT));

  const [{ nodes, of }, setShown] = useState<{ nodes: StageNode[]; of: readonly unknown[] }>({ nodes: [], of: [] });
  const inputs = [stages, spots, dragged, chosen];
  if (inputs.some((one, index) => one !== of[index])) setShown({ nodes: nodesOf(nodes, stages, spots, dragged, chosen), of: inputs });
  const edges = useMemo(() => edgesOf(stages, line), [stages, line]);

  // A stage that is chosen by key is brought into sight.
  useEffect(() => {
    const spot = chosen === undefined ? undefined : (dragged.get(chosen) ?? spots.get(chosen));
    if (spot && flow.current && frame.current) bringIntoSight(flow.current, frame.current, spot);
  }, [chosen, spots, dragged]);

  const onNodesChange = useCallback(
    (changes: Parameters<typeof applyNodeChanges<StageNode>>[0]) => {
      const picked = changes.find((one) => one.type === 'select' && one.selected);
      if (picked && 'id' in picked) session.choose(picked.id);
      // What is chosen is the session's, what is there the pipeline's.
      const rest = changes.filter((one) => one.type !== 'select' && one.type !== 'remove');
      if (rest.length > 0) setShown((before) => ({ ...before, nodes: applyNodeChanges(rest, before.nodes) }));
    },
    [session, setShown],
  );

  const onInit = useCallback((made: ReactFlowInstance<StageNode>) => {
    flow.current = made;
  }, []);
  // The same functions each time: others would have every stage drawn anew while one is dragged.
  const acts = useMemo(
    (): Acts => ({
      onNodeDragStop: (_, node) => {
        const under = isReadOnly ? undefined : flow.current?.getIntersectingNodes(node).find((other) => other.id !== node.id);
        setDragged((before) => (under ? without(before, node.id) : new Map(before).set(node.id, node.position)));
        if (under) session.edit('Move a stage', (pipeline) => moveAfter(pipeline, node.id, under.id));
      },
      onConnect: ({ source, target }) => session.edit('Connect stages', (pipeline) => connect(pipeline, source, target)),
      isValidConnection: ({ source, target }) => source !== target && !waitsFor(session.pipeline, source, target),
      onEdgeClick: (_, { source, target }) => onLine({ from: source, to: target }),
      onPaneClick: () => onLine(undefined),
      onNodeClick: () => onLine(undefined),
    }),
    [session, isReadOnly, onLine, setDragged],
  );

  return (
    <div className={styles.frame} ref={frame} role="group" aria-label="Stages as a graph">
      <ReactFlow<StageNode>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODES}
        onInit={onInit}
        onNodesChange={onNodesChange}
        {...acts}
        nodesConnectable={!isReadOnly}
        selectNodesOnDrag={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        multiSelectionKeyCode={null}
        selectionKeyCode={null}
        preventScrolling={false}
        zoomOnScroll={false}
        zoomOnDoubleClick={false}
        minZoom={0.1}
        maxZoom={1.5}
        fitView
        fitViewOptions={first}
        aria-label="Graph"
        ariaLabelConfig={WORDS}
      >
        <Controls showInteractive={false} fitViewOptions={FIT} orientation="horizontal" />
      </ReactFlow>
      <div className={styles.over}>
        {line && !isReadOnly && (
          <Button
            icon="cross"
            onPress={() => {
              session.edit('Disconnect stages', (pipeline) => disconnect(pipeline, line.from, line.to));
              onLine(undefined);
            }}
          >
            Disconnect
          </Button>
        )}
        {dragged.size > 0 && <Button onPress={() => setDragged(new Map())}>Arrange</Button>}
      </div>
    </div>
  );
}

const FIT = { padding: 0.12, maxZoom: 1 };
const WORDS = {
  'node.a11yDescription.default': 'Enter chooses the stage; the arrow keys move it on the screen.',
  'controls.ariaLabel': 'How large the graph is',
};

const StageBox = memo(function StageBox({ data, isConnectable }: NodeProps<StageNode>) {
  return (
    <div className={styles.stage} title={data.label.length > 24 ? data.label.slice(0, 500) : undefined}>
      <Handle type="target" position={Position.Left} isConnectable={isConnectable} className={styles.handle} />
      <bdi className={styles.name}>{data.label}</bdi>
      <bdi className={styles.type}>{data.type}</bdi>
      <Handle type="source" position={Position.Right} isConnectable={isConnectable} className={styles.handle} />
    </div>
  );
});

const NODES = { stage: StageBox };

/** Where the stages stand by themselves; the same object as long as nothing waits for anything else. */
function useSpots(stages: readonly StageConfig[]): ReadonlyMap<string, Spot> {
  const shape = JSON.stringify(stages.map(({ refId, requisiteStageRefIds }) => [refId, requisiteStageRefIds]));
  return useMemo(() => {
    const parts = JSON.parse(shape) as [string, string[]][];
    const { places } = layout(parts.map(([refId, requisites]) => ({ refId, requisites })));
    return new Map([...places].map(([refId, { column, row }]) => [refId, { x: column * (WIDTH + GAP_X), y: row * (HEIGHT + GAP_Y) }]));
  }, [shape]);
}

/** The nodes; one that did not change is the object that it was, and so is not drawn again. */
function nodesOf(before: readonly StageNode[], stages: readonly StageConfig[], spots: ReadonlyMap<string, Spot>, dragged: ReadonlyMap<string, Spot>, chosen: string | undefined): StageNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  return stages.map((one, index) => {
    const old = known.get(one.refId);
    const label = labelOf(one);
    const position = dragged.get(one.refId) ?? spots.get(one.refId) ?? { x: 0, y: 0 };
    const selected = one.refId === chosen;
    const focusable = selected || (chosen === undefined && index === 0);
    const isSame = old?.selected === selected && old.focusable === focusable && old.data.label === label && old.data.type === one.type && old.position.x === position.x && old.position.y === position.y;
    if (old && isSame) return old;
    const data = old?.data.label === label && old.data.type === one.type ? old.data : { label, type: one.type };
    return { ...old, id: one.refId, type: 'stage', data, position, selected, focusable, width: WIDTH, height: HEIGHT, ariaLabel: `Stage ${label.slice(0, 200)}` };
  });
}

function edgesOf(stages: readonly StageConfig[], line: Line | undefined): Edge[] {
  const there = new Set(stages.map(({ refId }) => refId));
  return stages.flatMap((one) =>
    one.requisiteStageRefIds
      .filter((ref) => there.has(ref))
      .map((ref) => ({
        id: `${ref} ${one.refId}`,
        source: ref,
        target: one.refId,
        selected: line?.from === ref && line.to === one.refId,
        markerEnd: { type: MarkerType.Arrow, width: 14, height: 14 },
        interactionWidth: 16,
        ariaLabel: null as unknown as string,
        ariaRole: 'presentation' as const,
      })),
  );
}

function bringIntoSight(flow: ReactFlowInstance<StageNode>, frame: HTMLElement, { x, y }: Spot): void {
  const { x: left, y: top, zoom } = flow.getViewport();
  const seen = { x: x * zoom + left, y: y * zoom + top };
  const inside = seen.x >= 0 && seen.y >= 0 && seen.x + WIDTH * zoom <= frame.clientWidth && seen.y + HEIGHT * zoom <= frame.clientHeight;
  if (!inside) void flow.setCenter(x + WIDTH / 2, y + HEIGHT / 2, { zoom });
}

function without(map: ReadonlyMap<string, Spot>, key: string): ReadonlyMap<string, Spot> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
