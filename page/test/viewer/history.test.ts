import { describe, expect, it } from "vitest";
import { amend, begin, push, redo, undo } from "../../src/viewer/drawing/history";

describe("undo", () => {
  it("goes back and forth through states", () => {
    const three = push(push(begin("a"), "b"), "c");
    const back = undo(undo(three));
    expect(back.present).toBe("a");
    expect(undo(back)).toBe(back);
    expect(redo(redo(back)).present).toBe("c");
    expect(redo(three)).toBe(three);
  });
  it("gives up what was undone when something new is done", () => {
    const other = push(undo(push(begin("a"), "b")), "x");
    expect(redo(other).present).toBe("x");
    expect(undo(other).present).toBe("a");
  });
  it("takes a drag as one step", () => {
    const dragged = amend(amend(push(begin(0), 1), 2), 3);
    expect(dragged.present).toBe(3);
    expect(undo(dragged).present).toBe(0);
  });
  it("does not count the same state twice", () => {
    const state = { same: true };
    expect(push(begin(state), state).past).toEqual([]);
  });
});
