import { describe, expect, it } from "vitest";
import { worthSending } from "../src/worklist/dropped";
import { finding } from "../src/worklist/finding";
import { portions } from "../src/worklist/portions";
import { fromSearch, START, toSearch } from "../src/worklist/query";
import { Slots } from "../src/worklist/slots";
import { clampRow, scrollFor, visible } from "../src/worklist/window";

describe("rows in sight", () => {
  it("are few, however long the list", () => {
    const span = visible(100_000, 700, 50, 5000);
    expect(span.first).toBe(1994);
    expect(span.end).toBe(2020);
  });
  it("end with the list", () => {
    expect(visible(0, 700, 50, 3)).toEqual({ first: 0, end: 3 });
    expect(visible(9_999, 700, 50, 0)).toEqual({ first: 0, end: 0 });
    const span = visible(999_999, 700, 50, 10);
    expect(span.first).toBe(10);
    expect(span.end).toBe(10);
  });
  it("are scrolled to only where they are not in sight", () => {
    expect(scrollFor(3, 100, 500, 50)).toBeNull();
    expect(scrollFor(1, 100, 500, 50)).toBe(50);
    expect(scrollFor(20, 100, 500, 50)).toBe(550);
  });
  it("stay within the list", () => {
    expect(clampRow(-1, 10)).toBe(0);
    expect(clampRow(12, 10)).toBe(9);
  });
});

describe("the question", () => {
  it("comes back from its address", () => {
    const asked = { ...START, filter: "unsure" as const, q: "Müller & Co", from: "2026-01-31" };
    expect(fromSearch(toSearch(asked))).toEqual(asked);
    expect(toSearch(START)).toBe("");
  });
  it("leaves out what is not known", () => {
    expect(fromSearch("?filter=<script>&sort=x&from=yesterday")).toEqual(START);
  });
});

describe("findings", () => {
  const film = {
    state: "read",
    reason: null,
    fractured: false,
    unsure: false,
    assessable: true,
    levels: [],
    suspicion: 0.1,
    status: "unread",
  } as const;
  it("have a word and a colour each", () => {
    expect(finding({ ...film, levels: [] }).text).toBe("No fracture");
    expect(finding({ ...film, levels: ["L1", "L3"], fractured: true })).toMatchObject({
      text: "Fracture L1, L3",
      tone: "sev-3",
    });
    expect(finding({ ...film, levels: [], unsure: true }).tone).toBe("sev-unsure");
  });
  it("of a film that was not read tell why", () => {
    const failed = finding({ ...film, levels: [], state: "failed", reason: "Broken." });
    expect(failed).toMatchObject({ text: "Failed", detail: "Broken." });
    expect(finding({ ...film, levels: [], state: "queued" }).text).toBe("Waiting");
  });
  it("put not assessable before all that follows from it", () => {
    const text = finding({ ...film, levels: ["L1"], fractured: true, assessable: false }).text;
    expect(text).toBe("Not assessable");
  });
  it("of a film that was corrected are the reader's", () => {
    const corrected = { ...film, status: "corrected" } as const;
    expect(finding({ ...corrected, levels: ["L3"] })).toMatchObject({
      text: "Fracture L3",
      tone: "sev-3",
    });
    expect(finding({ ...corrected, levels: [], fractured: true }).text).toBe("None marked");
  });
});

describe("handing films over", () => {
  it("is done in portions of few files and bytes, in order", () => {
    const files = [5, 5, 5, 90, 1].map((size) => ({ size }));
    expect(portions(files, 2, 50).map((some) => some.map((file) => file.size))).toEqual([
      [5, 5],
      [5],
      [90],
      [1],
    ]);
    expect(portions([])).toEqual([]);
  });
  it("leaves out what systems put beside films", () => {
    expect(worthSending("study/IM0001")).toBe(true);
    expect(worthSending("study/.DS_Store")).toBe(false);
    expect(worthSending("DICOMDIR")).toBe(false);
    expect(worthSending("__MACOSX/x.dcm")).toBe(false);
  });
});

describe("slots", () => {
  it("start few at a time, in order, and the next when one ends", () => {
    const slots = new Slots(2);
    const begun: string[] = [];
    const ends = ["a", "b", "c", "d"].map((name) => slots.take(() => begun.push(name)));
    expect(begun).toEqual(["a", "b"]);
    ends[0]?.();
    ends[0]?.();
    expect(begun).toEqual(["a", "b", "c"]);
  });
  it("pass over what is not wanted any more", () => {
    const slots = new Slots(1);
    const begun: string[] = [];
    const ends = ["a", "b", "c"].map((name) => slots.take(() => begun.push(name)));
    ends[1]?.();
    ends[0]?.();
    expect(begun).toEqual(["a", "c"]);
  });
});
