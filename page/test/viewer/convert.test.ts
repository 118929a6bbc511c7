import { describe, expect, it } from "vitest";
import {
  decisionBody, drawingOfDecision, drawingOfReading, measureQuestion,
} from "../../src/viewer/drawing/convert";
import { levelOf, namedBodies } from "../../src/viewer/drawing/document";
import { movePoint, shiftNames } from "../../src/viewer/drawing/edits";
import { reading, spine, vertebra } from "./made";

const FILM = { id: "f", size: [400, 500] as [number, number], spacing: null, source: null };

describe("a decision", () => {
  it("comes back as it was sent, with what the model had said", () => {
    const found = reading([
      vertebra("L1", { fractured: true, fracture_probability: 0.9, genant_grade: 2, shape: "wedge" }),
      vertebra("L2"),
      vertebra("S1"),
    ]);
    const drawn = movePoint(drawingOfReading(found), 1, "superior_anterior", [150, 161.239]);
    const sent = decisionBody(drawn);
    expect(sent.vertebrae.map(({ level }) => level)).toEqual(["L1", "L2", "S1"]);
    expect(sent.vertebrae[1]!.points_px.superior_anterior).toEqual([150, 161.24]);
    expect(sent.vertebrae.map(({ origin }) => origin)).toEqual(["model", "reader", "model"]);
    const back = drawingOfDecision(sent, found);
    expect(decisionBody(back)).toEqual(sent);
    expect(back.bodies[0]!.model?.probability).toBe(0.9);
  });
  it("keeps the model's word with its body through a renumbering", () => {
    const found = reading([vertebra("T12", { fracture_probability: 0.7 }), vertebra("L1")]);
    const sent = decisionBody(shiftNames(drawingOfReading(found), 1));
    const back = drawingOfDecision(sent, found);
    expect(back.shift).toBe(1);
    expect(levelOf(back, back.bodies[0]!)).toBe("L1");
    expect(back.bodies[0]!.model?.level).toBe("T12");
    expect(back.bodies[0]!.model?.probability).toBe(0.7);
  });
  it("hands over the sacrum's corners alone", () => {
    const [sacrum] = decisionBody(spine("S1")).vertebrae;
    expect(Object.keys(sacrum!.points_px)).toHaveLength(4);
  });
  it("calls nothing that the model could not assess", () => {
    const drawing = drawingOfReading(
      reading([vertebra("T10", { assessable: false, genant_grade: null, shape: null })]),
    );
    expect(namedBodies(drawing)[0]!.body.status).toBe("unknown");
  });
});

describe("a question to measure", () => {
  it("says what is known of bodies, and nothing of those to be judged", () => {
    const drawn = movePoint(spine("L1", "L2"), 0, "superior_anterior", [140, 130]);
    const [first, second] = measureQuestion(drawn, FILM).vertebrae;
    expect(first).not.toHaveProperty("status");
    expect(second).toMatchObject({ status: "normal", genant_grade: 0 });
  });
  it("names the source of a spacing only where there is one", () => {
    expect(measureQuestion(spine("L1"), FILM)).not.toHaveProperty("spacing_source");
    const asked = measureQuestion(spine("L1"), { ...FILM, spacing: [0.1, 0.1], source: "detector" });
    expect(asked).toMatchObject({ spacing_source: "detector" });
  });
});
