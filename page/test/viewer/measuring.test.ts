import { describe, expect, it } from "vitest";
import type { MeasuredBody } from "../../src/types";
import { movePoint, setStatus } from "../../src/viewer/drawing/edits";
import { LatestOnly } from "../../src/viewer/room/latest";
import { judgeByMeasure } from "../../src/viewer/room/measuring";
import { spine } from "./made";

const severe: MeasuredBody = {
  level: "L1", assessable: true, reasons: [], heights_px: null, genant_grade: 3, shape: "crush",
};

describe("asking for the latest", () => {
  it("skips what was passed by, and always asks the last", async () => {
    const frames: (() => void)[] = [];
    const asked: number[] = [];
    const answered: number[] = [];
    let release: () => void = () => undefined;
    const line = new LatestOnly<number, number>(
      (question) => {
        asked.push(question);
        return new Promise((resolve) => (release = () => resolve(question * 10)));
      },
      (answer) => void answered.push(answer),
      () => undefined,
      (run) => void frames.push(run),
    );
    const settle = () => new Promise((resolve) => setTimeout(resolve));
    line.ask(1);
    line.ask(2);
    expect(frames).toHaveLength(1);
    frames.shift()!();
    line.ask(3);
    line.ask(4);
    expect(asked).toEqual([2]);
    release();
    await settle();
    frames.shift()!();
    release();
    await settle();
    expect(asked).toEqual([2, 4]);
    expect(answered).toEqual([20, 40]);
    expect(frames).toEqual([]);
  });
  it("goes on after a question that failed", async () => {
    const failures: unknown[] = [];
    const asked: number[] = [];
    const line = new LatestOnly<number, number>(
      (question) => {
        asked.push(question);
        return question === 1 ? Promise.reject(new Error("no")) : Promise.resolve(0);
      },
      () => undefined,
      (error) => void failures.push(error),
      (run) => void queueMicrotask(run),
    );
    line.ask(1);
    await new Promise((resolve) => setTimeout(resolve));
    line.ask(2);
    await new Promise((resolve) => setTimeout(resolve));
    expect(asked).toEqual([1, 2]);
    expect(failures).toHaveLength(1);
  });
});

describe("a measured grade", () => {
  const measured = new Map([[0, severe]]);
  it("goes to a body that a reader drew", () => {
    const drawn = movePoint(spine("L1"), 0, "superior_anterior", [140, 140]);
    const [body] = judgeByMeasure(drawn, drawn, measured).bodies;
    expect([body!.status, body!.grade, body!.shape]).toEqual(["fractured", 3, "crush"]);
  });
  it("overrules neither the model's untouched body nor a reader's own word", () => {
    const model = spine("L1");
    expect(judgeByMeasure(model, model, measured)).toBe(model);
    const byHand = setStatus(spine("L1"), 0, "normal");
    expect(judgeByMeasure(byHand, byHand, measured)).toBe(byHand);
  });
  it("is dropped when the body has moved on since", () => {
    const asked = movePoint(spine("L1"), 0, "superior_anterior", [140, 140]);
    const now = movePoint(asked, 0, "superior_anterior", [140, 121]);
    expect(judgeByMeasure(now, asked, measured)).toBe(now);
  });
  it("leaves open what cannot be assessed", () => {
    const drawn = movePoint(spine("L1"), 0, "superior_anterior", [140, 140]);
    const unfit = new Map([[0, { ...severe, assessable: false }]]);
    const [body] = judgeByMeasure(drawn, drawn, unfit).bodies;
    expect([body!.status, body!.grade]).toEqual(["unknown", null]);
  });
});
