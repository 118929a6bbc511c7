import { describe, expect, it } from "vitest";
import { bounds, every, extent, histogram, roundUp, scale, ticks } from "../src/charts/scale";
import { grouped, monthsOf, perSite } from "../src/quality/series";
import { agreementWords, kappaWords } from "../src/projects/kappaWords";
import type { QualityDay, QualityMonth } from "../src/types";

describe("axes", () => {
  it("have round ticks", () => {
    expect(ticks(0, 100)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(ticks(-4.2, 5.1, 5)).toEqual([-4, -2, 0, 2, 4]);
    expect(ticks(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(ticks(5, 5)).toEqual([5]);
  });
  it("end at a round number above all", () => {
    expect(roundUp(0)).toBe(1);
    expect(roundUp(97)).toBe(100);
    expect(roundUp(0.31)).toBeCloseTo(0.4);
  });
  it("map ends to ends", () => {
    const y = scale(0, 10, 200, 0);
    expect([y(0), y(5), y(10)]).toEqual([200, 100, 0]);
    expect(Number.isFinite(scale(3, 3, 0, 1)(3))).toBe(true);
  });
  it("write only as many labels as fit", () => {
    expect(every(8, 9)).toBe(1);
    expect(every(90, 9)).toBe(10);
  });
});

describe("histograms", () => {
  it("keep every value, the last bin those beyond its end", () => {
    const counts = histogram([0, 0.9, 1, 4.9, 7], 5, 5);
    expect(counts).toEqual([2, 1, 0, 0, 2]);
  });
  it("have round bounds, wide enough for all", () => {
    expect(bounds([], 5)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]);
    for (const highest of [5.1, 7, 11, 14.2, 33, 99, 100, 250]) {
      const found = bounds([highest], 5);
      expect(found.at(-1)).toBeGreaterThanOrEqual(highest);
      expect(found.length).toBeLessThanOrEqual(13);
      expect(ticks(0, found.at(-1)!, found.length - 1).length).toBeGreaterThan(1);
    }
  });
  it("of nothing have an extent all the same", () => {
    expect(extent([])).toEqual([0, 1]);
    expect(extent([3, -1])).toEqual([-1, 3]);
  });
});

describe("quality", () => {
  const month = (site: string, name: string, rate: number) =>
    ({ site, month: name, rate }) as QualityMonth;
  it("draws a line for each site, with gaps where there is no month", () => {
    const rows = [month("b", "2026-02", 0.2), month("a", "2026-01", 0.1), month("b", "2026-01", 0.3)];
    expect(monthsOf(rows)).toEqual(["2026-01", "2026-02"]);
    const lines = perSite(rows, (row) => row.rate);
    expect(lines.map((line) => [line.name, line.values])).toEqual([
      ["a", [0.1, null]],
      ["b", [0.3, 0.2]],
    ]);
  });
  it("adds days up when they are many, and loses none", () => {
    const days = Array.from({ length: 100 }, (_, i) => ({
      day: `d${i}`,
      films: 2,
      assessable: 2,
      positive: i % 2,
    })) as QualityDay[];
    const few = grouped(days, 30);
    expect(few.length).toBeLessThanOrEqual(30);
    expect(few.reduce((sum, one) => sum + one.films, 0)).toBe(200);
    expect(few[0]?.rate).toBeCloseTo(0.25);
  });
});

describe("kappa", () => {
  const said = (kappa: number | null, n = 10) => kappaWords({ kappa, n });
  it("has the words of Landis and Koch", () => {
    expect([0.2, 0.4, 0.6, 0.8, 0.81].map((kappa) => said(kappa))).toEqual([
      "slight agreement",
      "fair agreement",
      "moderate agreement",
      "substantial agreement",
      "almost perfect agreement",
    ]);
    expect(said(1)).toBe("perfect agreement");
    expect(said(-0.1)).toContain("less than by chance");
  });
  it("is undefined where nothing differs from anything", () => {
    expect(said(null)).toContain("undefined");
    expect(said(null, 0)).toContain("no body");
  });
  it("stands beside how often both said the same", () => {
    const table = [[40, 1], [0, 4]];
    const found = { n: 45, table, positive_agreement: 0.9, negative_agreement: 0.99 };
    expect(agreementWords(found)).toBe(
      "The same on 44 of 45 bodies (98 %); counted alone, 90 % on fractured and 99 % on normal bodies.",
    );
    expect(agreementWords({ ...found, positive_agreement: null, negative_agreement: null })).toBe(
      "The same on 44 of 45 bodies (98 %).",
    );
  });
});
