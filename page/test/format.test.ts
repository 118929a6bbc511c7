import { describe, expect, it } from "vitest";
import { ago, bytes, day, decimal, many, percent, personName, probability, sexAge } from "../src/format";

describe("numbers", () => {
  it("are dashes where nothing is known", () => {
    expect(percent(null)).toBe("–");
    expect(decimal(undefined)).toBe("–");
    expect(decimal(Number.NaN)).toBe("–");
  });
  it("are rounded, with a true minus sign", () => {
    expect(percent(0.874)).toBe("87 %");
    expect(percent(0.1249, 1)).toBe("12.5 %");
    expect(decimal(-1.25, 1)).toBe("−1.3");
  });
  it("of chance are never wholly sure", () => {
    expect(probability(0.9988)).toBe(">99 %");
    expect(probability(0)).toBe("<1 %");
    expect(probability(0.5)).toBe("50 %");
    expect(probability(null)).toBe("–");
  });
  it("take their word along", () => {
    expect(many(1, "film")).toBe("1 film");
    expect(many(5000, "film")).toBe("5,000 films");
    expect(many(2, "body", "bodies")).toBe("2 bodies");
  });
  it("of bytes never say 0", () => {
    expect(bytes(12)).toBe("1 kB");
    expect(bytes(2_340_000)).toBe("2.3 MB");
    expect(bytes(64_000_000)).toBe("64 MB");
  });
});

describe("times", () => {
  const now = new Date("2026-11-24T12:00:00Z");
  it("say how long ago", () => {
    expect(ago("2026-11-24T11:59:30Z", now)).toBe("just now");
    expect(ago("2026-11-24T11:55:00Z", now)).toBe("5 min ago");
    expect(ago("2026-11-24T09:00:00Z", now)).toBe("3 h ago");
    expect(ago("2026-11-01T12:00:00Z", now)).toBe("2026-11-01");
    expect(ago(null, now)).toBe("–");
    expect(ago("nonsense", now)).toBe("–");
  });
  it("leave a day a day, in every time zone", () => {
    expect(day("2026-03-01")).toBe("2026-03-01");
    expect(day(null)).toBe("–");
  });
});

describe("people", () => {
  it("have names as people write them", () => {
    expect(personName("Doe^Jane^M")).toBe("Doe, Jane M");
    expect(personName("Doe")).toBe("Doe");
    expect(personName("")).toBe("");
    expect(personName("<b>x</b>^")).toBe("<b>x</b>");
  });
  it("have sex and age where known", () => {
    expect(sexAge("F", 71)).toBe("F 71");
    expect(sexAge("", null)).toBe("–");
    expect(sexAge("", 0)).toBe("0");
  });
});
