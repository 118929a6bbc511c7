import { describe, expect, it } from "vitest";
import type { FilmDetail, FilmPixels } from "../../src/types";
import { chance, labelWords, severityOf } from "../../src/viewer/drawing/severity";
import { setGrade, setStatus } from "../../src/viewer/drawing/edits";
import { apart } from "../../src/viewer/parts/Overlay";
import { Details } from "../../src/viewer/room/details";
import { shownHeights } from "../../src/viewer/room/heights";
import { checked, PixelStore } from "../../src/viewer/stage/pixels";
import { spine, square } from "./made";

const picture = (changes: Partial<FilmPixels> = {}): FilmPixels => ({
  rows: 2, columns: 2, window_center: 5, window_width: 8, inverted: false,
  values: new Uint16Array([1, 9, 4, 2]), ...changes,
});

describe("films' pixels", () => {
  it("are asked for once, and the least used are let go", async () => {
    const asked: string[] = [];
    const gone: string[] = [];
    const store = new PixelStore(
      (id) => {
        asked.push(id);
        return Promise.resolve(picture());
      },
      (id) => void gone.push(id),
      2,
    );
    await store.get("a");
    await store.get("b");
    await store.get("a");
    await store.get("c");
    expect(asked).toEqual(["a", "b", "c"]);
    expect(gone).toEqual(["b"]);
    expect(store.has("a")).toBe(true);
  });
  it("are asked for again after a failure", async () => {
    let times = 0;
    const store = new PixelStore(() =>
      ++times === 1 ? Promise.reject(new Error("away")) : Promise.resolve(picture()),
    );
    await expect(store.get("a")).rejects.toThrow("away");
    expect((await store.get("a")).highest).toBe(9);
  });
  it("must be whole", () => {
    expect(() => checked("a", picture({ rows: 3 }))).toThrow("incomplete: 4 pixels came");
    expect(() => checked("a", picture({ rows: Number.NaN }))).toThrow("incomplete");
  });
  it("have a window even where none is told", () => {
    const found = checked("a", picture({ window_width: Number.NaN, window_center: Number.NaN }));
    expect([found.window_center, found.window_width]).toEqual([5, 8]);
    const flat = checked("a", picture({ window_width: 0, values: new Uint16Array([3, 3, 3, 3]) }));
    expect(flat.window_width).toBe(1);
  });
});

describe("details fetched ahead", () => {
  it("serve one opening, each in its project", async () => {
    const asked: string[] = [];
    const store = new Details((id, project) => {
      asked.push(`${project ?? "room"}/${id}`);
      return Promise.resolve({ id } as FilmDetail);
    });
    store.prefetch("a", null);
    store.prefetch("a", null);
    expect(store.take("a", "p").ahead).toBe(false);
    expect(store.take("a", null).ahead).toBe(true);
    expect(store.take("a", null).ahead).toBe(false);
    expect(asked).toEqual(["room/a", "p/a", "room/a"]);
  });
});

describe("words and figures", () => {
  it("never claim certainty", () => {
    expect([0, 0.004, 0.02, 0.994, 0.9951, 1].map(chance)).toEqual(
      ["<1 %", "<1 %", "2 %", "99 %", ">99 %", ">99 %"],
    );
  });
  it("tell severity in words beside its colour", () => {
    const [body] = setGrade(spine("L1"), 0, 2).bodies;
    expect(severityOf(body!, "L1")).toBe("moderate");
    expect(labelWords(body!, "L1")).toBe("grade 2 wedge · edited");
    const [open] = setStatus(spine("L1"), 0, "unknown").bodies;
    expect(labelWords(open!, "L1")).toBe("not judged · edited");
    expect(labelWords(spine("L1").bodies[0]!, "L1")).toBe("2 %");
  });
  it("give millimetres only where the film is calibrated at the patient", () => {
    const film = { spacing_mm: [0.2, 0.1], spacing_source: "calibrated" } as unknown as FilmDetail;
    expect(shownHeights(square(0), film)).toMatchObject({ anterior: 6, unit: "mm" });
    const detector = { ...film, spacing_source: "detector" } as FilmDetail;
    expect(shownHeights(square(0), detector)).toMatchObject({ anterior: 30, unit: "px" });
  });
});

describe("labels over the film", () => {
  it("stand at least a line apart, in their order", () => {
    const at = (y: number) => ({ place: [0, y] as const, anchor: "start" });
    const found = apart([at(10), at(15), at(16), at(100)], 17).map(({ place }) => place[1]);
    expect(found).toEqual([10, 27, 44, 100]);
    const taller = apart([at(10), at(15), at(16)], 17, [2, 1, 1]).map(({ place }) => place[1]);
    expect(taller).toEqual([10, 44, 61]);
  });
});
