/** The bodies over the film: an SVG in page pixels, drawn again whenever the film moves. */
import type { Signal } from "@preact/signals";

import { namedBodies, type Body, type Drawing } from "../drawing/document";
import { add, between, distance, fullOutline, minus, scale, type Point } from "../drawing/geometry";
import type { Level } from "../drawing/levels";
import { labelWords, severityOf } from "../drawing/severity";
import type { Stage } from "../stage/stage";
import { pageScale } from "./pageScale";

interface OverlayProps {
  stage: Stage;
  drawing: Drawing;
  /** Read, so that the drawing follows the film. */
  view: Signal<number>;
  selected: number | null;
  /** A third line under the selected body's label. */
  detail?: string | undefined;
}

/** Page pixels between a body and its label. */
const LABEL_GAP = 12;
const LINE_PX = 17;

interface Label {
  place: Point;
  anchor: string;
}

export function Overlay({ stage, drawing, view, selected, detail }: OverlayProps) {
  void view.value;
  if (!stage.ready) return null;
  const at = (point: Point): Point => stage.toPage(point);
  const named = namedBodies(drawing);
  const unit = pageScale();
  const lines = named.map(({ body }) => (detail && body.key === selected ? 2 : 1));
  const labels = apart(named.map(({ body }) => labelPlace(body, at, unit)), LINE_PX * unit, lines);
  return (
    <svg class="overlay" aria-hidden="true">
      {named.map(({ body, level }, i) => (
        <BodyMark
          key={body.key}
          body={body}
          level={level}
          at={at}
          label={labels[i]!}
          unit={unit}
          selected={body.key === selected}
          detail={body.key === selected ? detail : undefined}
        />
      ))}
    </svg>
  );
}

interface MarkProps {
  body: Body;
  level: Level;
  at(point: Point): Point;
  label: Label;
  /** Page pixels that count as one. */
  unit: number;
  selected: boolean;
  detail: string | undefined;
}

function BodyMark({ body, level, at, label, unit, selected, detail }: MarkProps) {
  const severity = severityOf(body, level);
  const outline = fullOutline(body.points).map(at);
  const { place, anchor } = label;
  const words = labelWords(body, level);
  return (
    <g class={`vb sev-${severity} ${selected ? "is-selected" : ""}`} data-level={level}>
      <polygon points={outline.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ")} />
      {selected && <HeightLines body={body} at={at} />}
      <text x={place[0]} y={place[1]} text-anchor={anchor} class="vb-level">
        {level}
        {words && <tspan class="vb-words" dx="6">{words}</tspan>}
      </text>
      {detail && (
        <text x={place[0]} y={place[1] + LINE_PX * unit} text-anchor={anchor} class="vb-words">
          {detail}
        </text>
      )}
    </g>
  );
}

/** The label stands before the anterior wall, where soft tissue leaves the bone uncovered. */
function labelPlace(body: Body, at: (point: Point) => Point, unit: number): Label {
  const { points } = body;
  const front = at(between(points.superior_anterior, points.inferior_anterior));
  const back = at(between(points.superior_posterior, points.inferior_posterior));
  const outward = minus(front, back);
  const length = Math.max(1, distance([0, 0], outward));
  const place = add(front, scale(outward, (LABEL_GAP * unit) / length));
  return { place: [place[0], place[1] + 4 * unit], anchor: outward[0] >= 0 ? "start" : "end" };
}

/** Labels of collapsed bodies would lie on each other: each stands under the lines of the last. */
export function apart(labels: readonly Label[], line: number, lines: readonly number[] = []): Label[] {
  let free = -Infinity;
  return labels.map(({ place: [x, y], anchor }, i) => {
    const at = Math.max(y, free);
    free = at + line * (lines[i] ?? 1);
    return { place: [x, at], anchor };
  });
}

const WALLS = [
  ["superior_anterior", "inferior_anterior"],
  ["superior_middle", "inferior_middle"],
  ["superior_posterior", "inferior_posterior"],
] as const;

/** What is measured: anterior, middle and posterior height. */
function HeightLines({ body, at }: { body: Body; at(point: Point): Point }) {
  return (
    <>
      {WALLS.map(([top, bottom]) => {
        const [x1, y1] = at(body.points[top]);
        const [x2, y2] = at(body.points[bottom]);
        return <line key={top} class="height-line" x1={x1} y1={y1} x2={x2} y2={y2} />;
      })}
    </>
  );
}
