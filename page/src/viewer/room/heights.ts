/** Heights as a reader sees them: millimetres where the film is calibrated, else pixels. */
import type { FilmDetail } from "../../types";
import { heights, mapPoints, type Heights, type Points } from "../drawing/geometry";

export interface ShownHeights extends Heights {
  unit: "mm" | "px";
}

/** The detector's spacing is that of the picture, enlarged as it is: no measure of the patient. */
export function spacingAtPatient(film: FilmDetail | null): [number, number] | null {
  return film?.spacing_source === "calibrated" ? film.spacing_mm : null;
}

export function shownHeights(points: Points, film: FilmDetail | null): ShownHeights {
  const spacing = spacingAtPatient(film);
  if (!spacing) return { ...heights(points), unit: "px" };
  const [row, column] = spacing;
  return { ...heights(mapPoints(points, ([x, y]) => [x * column, y * row])), unit: "mm" };
}

export function digits(value: number, unit: "mm" | "px"): string {
  return unit === "mm" ? value.toFixed(1) : String(Math.round(value));
}

export function heightsWords(points: Points, film: FilmDetail | null): string {
  const { anterior, middle, posterior, unit } = shownHeights(points, film);
  const [a, m, p] = [anterior, middle, posterior].map((value) => digits(value, unit));
  return `Ha ${a} · Hm ${m} · Hp ${p} ${unit}`;
}
