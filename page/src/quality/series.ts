/** The room's figures as what charts draw. Pure functions. */
import type { Series } from "../charts/Lines";
import type { QualityDay, QualityMonth } from "../types";

const COLORS = ["--series-1", "--series-2", "--series-3", "--series-4", "--series-5"];

/** A colour for each site; beyond five they come again. */
export const colorOf = (site: number): string => `var(${COLORS[site % COLORS.length] ?? ""})`;

export const monthsOf = (rows: readonly QualityMonth[]): string[] =>
  [...new Set(rows.map((row) => row.month))].sort();

export const sitesOf = (rows: readonly QualityMonth[]): string[] =>
  [...new Set(rows.map((row) => row.site))].sort();

type Figure = (row: QualityMonth) => number | null;

/** One line for each site over the months; null where a site has no such month. */
export function perSite(
  rows: readonly QualityMonth[],
  value: Figure,
  low?: Figure,
  high?: Figure,
): Series[] {
  const months = monthsOf(rows);
  return sitesOf(rows).map((site, i) => {
    const mine = new Map(rows.filter((row) => row.site === site).map((row) => [row.month, row]));
    const line = (figure: Figure) =>
      months.map((month) => {
        const row = mine.get(month);
        return row ? figure(row) : null;
      });
    return {
      name: site,
      color: colorOf(i),
      values: line(value),
      ...(low && high ? { low: line(low), high: line(high) } : {}),
    };
  });
}

/** At most `most` bars: days that lie together are added up when there are more. */
export function grouped(days: readonly QualityDay[], most = 60): QualityDay[] {
  const size = Math.max(1, Math.ceil(days.length / most));
  if (size === 1) return [...days];
  const all: QualityDay[] = [];
  for (let i = 0; i < days.length; i += size) {
    const some = days.slice(i, i + size);
    const sum = (pick: (day: QualityDay) => number) =>
      some.reduce((total, day) => total + pick(day), 0);
    const assessable = sum((day) => day.assessable);
    const positive = sum((day) => day.positive);
    all.push({
      day: some[0]?.day ?? "",
      films: sum((day) => day.films),
      assessable,
      positive,
      rate: assessable > 0 ? positive / assessable : null,
      low: null,
      high: null,
    });
  }
  return all;
}
