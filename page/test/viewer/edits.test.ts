import { describe, expect, it } from "vitest";
import { namedBodies, seenSide, type Drawing } from "../../src/viewer/drawing/document";
import {
  addBody, EditRefused, freeLevels, likeliestFree, movePoint, moveBody, neighbourShape, removeBody, setGrade,
  setLevel, setShape, setStatus, shiftNames, turnSide,
} from "../../src/viewer/drawing/edits";
import { centre } from "../../src/viewer/drawing/geometry";
import { spine, square } from "./made";

const names = (drawing: Drawing): string[] => namedBodies(drawing).map(({ level }) => level);

describe("numbering of the whole spine", () => {
  it("moves every name, and back without loss", () => {
    const before = spine("T12", "L1", "L5", "S1");
    const down = shiftNames(before, 1);
    // The sacrum has no name below it; it waits for the way back.
    expect(names(down)).toEqual(["L1", "L2", "S1"]);
    expect(names(shiftNames(down, -1))).toEqual(["T12", "L1", "L5", "S1"]);
  });
  it("knows L6 only in a spine that has one", () => {
    expect(names(shiftNames(spine("L4", "L5"), 1))).toEqual(["L5", "S1"]);
    expect(names(shiftNames(spine("L4", "L5", "L6"), 1))).toEqual(["L5", "L6", "S1"]);
  });
  it("ends where it is no slip any more", () => {
    let drawing = spine("L1", "L2");
    for (let i = 0; i < 3; i++) drawing = shiftNames(drawing, 1);
    expect(() => shiftNames(drawing, 1)).toThrow(EditRefused);
    expect(() => shiftNames(spine("S1"), 1)).toThrow("no body would keep a name");
  });
});

describe("the name of one body", () => {
  it("pushes its neighbours on, in order", () => {
    const drawing = spine("T12", "L1", "L2");
    expect(names(setLevel(drawing, 2, "L1"))).toEqual(["T11", "T12", "L1"]);
    expect(names(setLevel(drawing, 0, "L1"))).toEqual(["L1", "L2", "L3"]);
    expect(names(setLevel(drawing, 2, "L3"))).toEqual(["T12", "L1", "L3"]);
  });
  it("never passes another body", () => {
    expect(() => setLevel(spine("T12", "L1", "L2"), 0, "L3")).toThrow(EditRefused);
  });
  it("can be L6, which moves the sacrum on", () => {
    expect(names(setLevel(spine("L4", "L5", "S1"), 1, "L6"))).toEqual(["L4", "L6", "S1"]);
  });
  it("follows the shift that the spine has", () => {
    const shifted = shiftNames(spine("L1", "L2"), 1);
    expect(names(setLevel(shifted, 1, "L5"))).toEqual(["L2", "L5"]);
  });
});

describe("points", () => {
  it("take half of an endplate's middle along with its corner", () => {
    const moved = movePoint(spine("L1"), 0, "superior_anterior", [140, 130]);
    const { points, origin } = moved.bodies[0]!;
    expect(points.superior_anterior).toEqual([140, 130]);
    expect(points.superior_middle).toEqual([120, 125]);
    expect(points.inferior_middle).toEqual([120, 150]);
    expect(origin).toBe("reader");
  });
  it("leave the drawing before as it was", () => {
    const before = spine("L1");
    const copy = structuredClone(before);
    moveBody(before, 0, [5, 5]);
    movePoint(before, 0, "inferior_middle", [0, 0]);
    expect(before).toEqual(copy);
  });
});

describe("the posterior side", () => {
  it("changes the names of the points and not their places", () => {
    const before = movePoint(spine("L1"), 0, "superior_anterior", [140, 130]);
    const after = turnSide(before);
    const [was, is] = [before.bodies[0]!.points, after.bodies[0]!.points];
    expect(after.posterior).toBe("right");
    expect(is.superior_posterior).toEqual(was.superior_anterior);
    expect(is.inferior_anterior).toEqual(was.inferior_posterior);
    expect(is.superior_middle).toEqual(was.superior_middle);
    expect(turnSide(after).bodies[0]!.points).toEqual(was);
  });
  it("has bodies follow their measure, but not against a reader's word", () => {
    expect(turnSide(spine("L1")).bodies[0]).toMatchObject({ origin: "reader", judgedByHand: false });
    for (const said of [setGrade(spine("L1"), 0, 2), setStatus(spine("L1"), 0, "unknown")]) {
      expect(turnSide(said).bodies[0]!.judgedByHand).toBe(true);
    }
  });
  it("is seen on the other side of a flipped film", () => {
    expect([seenSide("left", false), seenSide("left", true), seenSide("right", true)]).toEqual([
      "left", "right", "left",
    ]);
  });
});

describe("what was said of a body", () => {
  it("stays when it is renamed or moved as a whole", () => {
    for (const change of [
      (drawing: Drawing) => setLevel(drawing, 0, "T12"),
      (drawing: Drawing) => moveBody(drawing, 0, [3, 3]),
    ]) {
      expect(change(spine("L1")).bodies[0]).toMatchObject({ origin: "reader", judgedByHand: true });
    }
  });
  it("follows the points again when one is dragged, unless nothing can be said", () => {
    const drag = (drawing: Drawing) => movePoint(drawing, 0, "superior_anterior", [140, 130]);
    expect(drag(setGrade(spine("L1"), 0, 2)).bodies[0]!.judgedByHand).toBe(false);
    expect(drag(setStatus(spine("L1"), 0, "unknown")).bodies[0]!.judgedByHand).toBe(true);
  });
});

describe("status and grade", () => {
  it("never contradict each other", () => {
    const fractured = setStatus(spine("L1"), 0, "fractured").bodies[0]!;
    expect([fractured.status, fractured.grade, fractured.shape]).toEqual(["fractured", 1, "wedge"]);
    const normal = setGrade(setStatus(spine("L1"), 0, "fractured"), 0, 0).bodies[0]!;
    expect([normal.status, normal.grade, normal.shape]).toEqual(["normal", 0, "normal"]);
    const unknown = setStatus(spine("L1"), 0, "unknown").bodies[0]!;
    expect([unknown.grade, unknown.shape]).toEqual([null, null]);
    expect(setGrade(spine("L1"), 0, 3).bodies[0]!.status).toBe("fractured");
    expect(setShape(spine("L1"), 0, "crush").bodies[0]!.shape).toBe("normal");
    expect(setShape(setGrade(spine("L1"), 0, 3), 0, "crush").bodies[0]!.shape).toBe("crush");
  });
});

describe("adding and removing", () => {
  it("gives a new body a free name only", () => {
    const drawing = spine("L1", "L3");
    expect(freeLevels(drawing)).toContain("L2");
    const [added, key] = addBody(drawing, "L2", square(0));
    expect(names(added)).toEqual(["L1", "L2", "L3"]);
    expect(() => addBody(added, "L2", square(0))).toThrow("L2 is on the film already");
    expect(names(removeBody(added, key))).toEqual(["L1", "L3"]);
  });
  it("offers a gap first, then what is next to an end", () => {
    expect(likeliestFree(spine("T12", "L1", "L3", "L5"))).toBe("L2");
    expect(["T11", "L4"]).toContain(likeliestFree(spine("T12", "L1", "L2", "L3")));
    expect(likeliestFree(spine("L5", "S1"))).toBe("L4");
  });
  it("places a body like its neighbours", () => {
    // Bodies of these tests lie 40 apart: between two, halfway; past the end, one step on.
    const y = (drawing: Drawing, level: "L2" | "L4") =>
      centre(neighbourShape(drawing, level)!)[1];
    const l1 = centre(spine("L1").bodies[0]!.points)[1];
    expect(y(spine("L1", "L3"), "L2")).toBeCloseTo(l1 + 40);
    expect(y(spine("L2", "L3"), "L4")).toBeCloseTo(l1 + 120);
    expect(y(spine("L3"), "L4")).toBeCloseTo(l1 + 80 + 30 * 1.33);
    expect(neighbourShape(spine(), "L1")).toBeNull();
  });
});
