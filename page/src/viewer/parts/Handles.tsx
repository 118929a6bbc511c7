/** The points that a reader drags, or moves with the arrow keys. */
import { useRef } from "preact/hooks";

import { movePoint, moveBody } from "../drawing/edits";
import { namedBodies, type Body } from "../drawing/document";
import { centre, CORNERS, minus, add, POINTS, type Point, type PointName } from "../drawing/geometry";
import type { Level } from "../drawing/levels";
import type { FilmRoom } from "../room/room";
import { pageScale } from "./pageScale";

const ARROWS: Record<string, Point> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};
/** Film pixels that an arrow key moves a point by, and with Shift. */
const STEP = 1;
const LONG_STEP = 8;

export function Handles({ room }: { room: FilmRoom }) {
  const { state, stage } = room;
  void state.view.value;
  if (!state.editing.value || !stage.ready || state.adding.value) return null;
  const bodies = namedBodies(state.drawing.value);
  // The selected body's points lie on top, and they alone are stops of the Tab key.
  const ordered = [...bodies].sort(
    (a, b) => Number(a.body.key === state.selected.value) - Number(b.body.key === state.selected.value),
  );
  return (
    <svg class="overlay handles" role="group" aria-label="Points of the bodies" onWheel={stage.wheel}>
      {ordered.map(({ body, level }) => (
        <BodyHandles key={body.key} room={room} body={body} level={level} />
      ))}
    </svg>
  );
}

function BodyHandles({ room, body, level }: { room: FilmRoom; body: Body; level: Level }) {
  // Read here as well: a component whose properties stay the same is not drawn again for its parent.
  void room.state.view.value;
  const selected = room.state.selected.value === body.key;
  const names = level === "S1" ? CORNERS : POINTS;
  return (
    <g class={selected ? "is-selected" : ""}>
      {names.map((name) => (
        <Handle
          key={name}
          room={room}
          body={body}
          at={body.points[name]}
          kind={name.endsWith("middle") ? "middle" : "corner"}
          label={`${level} ${spoken(name)}`}
          selected={selected}
          onDrag={(to) => room.editing.dragPoint(body.key, name, to)}
          onStep={(step) =>
            room.editing.apply((drawing) =>
              movePoint(drawing, body.key, name, add(body.points[name], step)),
            )
          }
        />
      ))}
      {selected && (
        <Handle
          room={room}
          body={body}
          at={centre(body.points)}
          kind="whole"
          label={`${level} as a whole`}
          selected
          onDrag={(to) => room.editing.dragBody(body.key, minus(to, centre(body.points)))}
          onStep={(step) => room.editing.apply((drawing) => moveBody(drawing, body.key, step))}
        />
      )}
    </g>
  );
}

const spoken = (name: PointName): string => {
  const [end, side] = name.split("_");
  return side === "middle" ? `middle of the ${end} endplate` : `${end} ${side} corner`;
};

interface HandleProps {
  room: FilmRoom;
  body: Body;
  at: Point;
  kind: "corner" | "middle" | "whole";
  label: string;
  selected: boolean;
  onDrag(to: Point): void;
  onStep(step: Point): void;
}

function Handle({ room, body, at, kind, label, selected, onDrag, onStep }: HandleProps) {
  /** Where in the handle it was taken, so that it does not jump under the pointer. */
  const grip = useRef<Point | null>(null);
  const [x, y] = room.stage.toPage(at);

  const where = (event: PointerEvent): Point => {
    const box = room.stage.element.getBoundingClientRect();
    return room.stage.toFilm([event.clientX - box.left, event.clientY - box.top]);
  };
  const down = (event: PointerEvent & { currentTarget: SVGGElement }): void => {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    room.state.selected.value = body.key;
    grip.current = minus(at, where(event));
  };
  const move = (event: PointerEvent): void => {
    if (grip.current) onDrag(add(where(event), grip.current));
  };
  const up = (): void => {
    grip.current = null;
    room.editing.endDrag();
  };
  const key = (event: KeyboardEvent): void => {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    event.stopPropagation();
    const length = event.shiftKey ? LONG_STEP : STEP;
    // On a flipped film "left" is still the reader's left.
    const way = room.state.flipped.value ? -1 : 1;
    onStep([arrow[0] * length * way, arrow[1] * length]);
  };

  return (
    <g
      class={`handle is-${kind}`}
      transform={`translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${pageScale()})`}
      role="button"
      tabindex={selected ? 0 : -1}
      aria-label={`${label}; arrow keys move it`}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
      onKeyDown={key}
    >
      <circle class="handle-reach" r="12" />
      {kind === "corner" && <circle class="handle-dot" r={selected ? 5 : 3.5} />}
      {kind === "middle" && <path class="handle-dot" d={selected ? "M0-6L6 0 0 6-6 0z" : "M0-4L4 0 0 4-4 0z"} />}
      {kind === "whole" && <path class="handle-cross" d="M-8 0H8M0-8V8" />}
    </g>
  );
}
