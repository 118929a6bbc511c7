import { describe, expect, it } from "vitest";
import {
  centre, heights, isInside, mapPoints, pointsFromClicks, POINTS, type Point,
} from "../../src/viewer/drawing/geometry";
import { square } from "./made";

const turned = (degrees: number) => {
  const turn = (degrees * Math.PI) / 180;
  const [cx, cy] = centre(square(100));
  return mapPoints(square(100), ([x, y]): Point => [
    cx + (x - cx) * Math.cos(turn) - (y - cy) * Math.sin(turn),
    cy + (x - cx) * Math.sin(turn) + (y - cy) * Math.cos(turn),
  ]);
};

describe("a body", () => {
  it("has heights along its walls, however it lies", () => {
    for (const degrees of [0, 25, -40]) {
      const found = heights(turned(degrees));
      expect(found.anterior).toBeCloseTo(30);
      expect(found.middle).toBeCloseTo(30);
      expect(found.posterior).toBeCloseTo(30);
    }
  });
  it("contains its centre, and nothing beside its corners", () => {
    expect(isInside([120, 115], square(100))).toBe(true);
    expect(isInside([120, 131], square(100))).toBe(false);
    expect(isInside([99, 115], square(100))).toBe(false);
    const mirrored = mapPoints(square(100), ([x, y]): Point => [300 - x, y]);
    expect(isInside([180, 115], mirrored)).toBe(true);
  });
});

describe("six clicks", () => {
  it("are a body whatever their order", () => {
    for (const degrees of [0, 20, -30]) {
      const body = turned(degrees);
      const clicks = POINTS.map((name) => body[name]);
      for (const order of [[0, 1, 2, 3, 4, 5], [5, 3, 1, 0, 2, 4], [2, 5, 3, 0, 4, 1]]) {
        expect(pointsFromClicks(order.map((i) => clicks[i]!), "left")).toEqual(body);
      }
    }
  });
  it("take the posterior side from the film", () => {
    const clicks = POINTS.map((name) => square(0)[name]);
    const body = pointsFromClicks(clicks, "right");
    expect(body.superior_posterior).toEqual([140, 0]);
    expect(body.inferior_anterior).toEqual([100, 30]);
  });
  it("must be six", () => {
    expect(() => pointsFromClicks([[0, 0]], "left")).toThrow("six points, found 1");
  });
});
