/** A reader's changes: each one step to undo, measured as it is made. */
import { addBody, EditRefused, movePoint, moveBody, neighbourShape } from "../drawing/edits";
import { bodyByKey, levelOf, namedBodies, type Drawing } from "../drawing/document";
import { pointsFromClicks, type Point, type PointName } from "../drawing/geometry";
import { amend, push, redo, undo } from "../drawing/history";
import type { Level } from "../drawing/levels";
import type { Measuring } from "./measuring";
import type { RoomState } from "./state";

export class Editing {
  /** A drag is one step: its first position makes it, the others replace it. */
  private dragging = false;

  constructor(
    private readonly state: RoomState,
    private readonly measuring: Measuring,
  ) {}

  /** Make one change; a refusal is said, not thrown. */
  apply(change: (drawing: Drawing) => Drawing, said = ""): boolean {
    const { state } = this;
    if (state.readOnly.value !== null) {
      state.notice.value = state.readOnly.value;
      return false;
    }
    try {
      const next = change(state.drawing.value);
      if (next === state.drawing.value) return false;
      state.history.value = push(state.history.value, next);
    } catch (error) {
      if (!(error instanceof EditRefused)) throw error;
      state.notice.value = error.message;
      return false;
    }
    if (said) state.notice.value = said;
    this.measuring.ask();
    return true;
  }

  dragPoint(key: number, name: PointName, to: Point): void {
    this.drag((drawing) => movePoint(drawing, key, name, to));
  }

  dragBody(key: number, step: Point): void {
    this.drag((drawing) => moveBody(drawing, key, step));
  }

  private drag(change: (drawing: Drawing) => Drawing): void {
    const { state } = this;
    if (state.readOnly.value !== null) return;
    const next = change(state.drawing.value);
    const history = state.history.value;
    state.history.value = this.dragging ? amend(history, next) : push(history, next);
    this.dragging = true;
    this.measuring.ask();
  }

  endDrag(): void {
    this.dragging = false;
  }

  undo(): void {
    this.travel(undo, "Nothing to undo.", "Undone.");
  }

  redo(): void {
    this.travel(redo, "Nothing to redo.", "Done again.");
  }

  private travel(step: typeof undo<Drawing>, none: string, done: string): void {
    const { state } = this;
    const before = state.history.value;
    const after = step(before);
    state.notice.value = after === before ? none : done;
    if (after === before) return;
    state.history.value = after;
    if (state.selected.value !== null && !bodyByKey(after.present, state.selected.value)) {
      state.selected.value = null;
    }
    this.measuring.ask();
  }

  /** Begin to add a body by six clicks. */
  beginAdding(level: Level): void {
    this.state.editing.value = true;
    this.state.adding.value = { level, clicks: [] };
    this.state.notice.value = `${level}: click the two corners and the middle of each endplate. Escape ends it.`;
  }

  click(at: Point): void {
    const { adding } = this.state;
    if (!adding.value) return;
    const { level, clicks } = adding.value;
    const all = [...clicks, at];
    if (all.length < 6) {
      adding.value = { level, clicks: all };
      this.state.notice.value = `${level}: ${6 - all.length} more.`;
      return;
    }
    adding.value = null;
    this.add(level, pointsFromClicks(all, this.state.drawing.value.posterior));
  }

  /** Add a body in the shape of its neighbour, to be dragged into place. */
  addLikeNeighbour(level: Level): void {
    const points = neighbourShape(this.state.drawing.value, level);
    if (points) this.add(level, points);
    else this.beginAdding(level);
  }

  private add(level: Level, points: Parameters<typeof addBody>[2]): void {
    let key: number | null = null;
    const done = this.apply((drawing) => {
      const [next, made] = addBody(drawing, level, points);
      key = made;
      return next;
    }, `${level} added.`);
    if (done) {
      this.state.selected.value = key;
      this.state.editing.value = true;
      this.state.bodiesShown.value = true;
    }
  }

  selectLevel(level: Level): void {
    const { state } = this;
    const found = namedBodies(state.drawing.value).find((named) => named.level === level);
    if (!found) {
      state.notice.value = `${level} is not drawn on this film.`;
      return;
    }
    state.selected.value = found.body.key;
  }

  /** The next body down (1) or up (-1) from the selected one. */
  step(by: 1 | -1): void {
    const { state } = this;
    const named = namedBodies(state.drawing.value);
    const at = named.findIndex(({ body }) => body.key === state.selected.value);
    const next = at < 0 ? (by > 0 ? 0 : named.length - 1) : at + by;
    const found = named[next];
    if (found) state.selected.value = found.body.key;
  }

  levelName(key: number): string {
    const drawing = this.state.drawing.value;
    const body = bodyByKey(drawing, key);
    return (body && levelOf(drawing, body)) ?? "body";
  }
}
