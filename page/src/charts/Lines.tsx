import { BOTTOM, HEIGHT, LEFT, Plot, RIGHT, TOP, WIDTH } from "./Plot";
import { roundUp, scale, ticks } from "./scale";

export interface Series {
  name: string;
  color: string;
  /** One value for each name below; null where there is none. */
  values: readonly (number | null)[];
  low?: readonly (number | null)[];
  high?: readonly (number | null)[];
}

interface Props {
  label: string;
  names: readonly string[];
  series: readonly Series[];
  yLabel: string;
  xLabel?: string;
  format: (value: number) => string;
  /** No value is larger: 1 of shares. */
  most?: number;
  /** Lines across, with their names: a limit from which something is said. */
  marks?: readonly { value: number; label: string }[];
}

/** Between two series at one place, in the chart's own units. */
const ASIDE = 5;

const known = (values: readonly (number | null | undefined)[]): number[] =>
  values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));

export function Lines({ label, names, series, yLabel, xLabel, format, most = Infinity, marks = [] }: Props) {
  const all = series.flatMap((one) => known([...one.values, ...(one.high ?? [])]));
  // Some room above, for a mark's name.
  const wanted = 1.1 * Math.max(0, ...all, ...marks.map((mark) => mark.value));
  const top = Math.min(most, roundUp(wanted));
  const y = scale(0, top, HEIGHT - BOTTOM, TOP);
  const place = (WIDTH - LEFT - RIGHT) / Math.max(1, names.length);
  const x = (i: number) => LEFT + (i + 0.5) * place;
  return (
    <Plot
      label={label}
      y={{ at: y, ticks: ticks(0, top, 4), format, label: yLabel }}
      categories={names}
      xLabel={xLabel ?? ""}
    >
      {marks.map((mark) => (
        <g key={mark.label}>
          <line class="mark" x1={LEFT} x2={WIDTH - RIGHT} y1={y(mark.value)} y2={y(mark.value)} />
          <text class="mark-name" x={WIDTH - RIGHT - 4} y={y(mark.value) - 5} text-anchor="end">
            {mark.label}
          </text>
        </g>
      ))}
      {series.map((one, k) => {
        // Side by side, for the bars of their intervals would lie on each other.
        const aside = one.low ? (k - (series.length - 1) / 2) * ASIDE : 0;
        const points = one.values.flatMap((value, i) =>
          value === null ? [] : [{ i, value, low: one.low?.[i], high: one.high?.[i] }],
        );
        return (
          <g key={one.name} stroke={one.color} fill={one.color}>
            <polyline
              class="line"
              fill="none"
              points={points.map((p) => `${x(p.i) + aside},${y(p.value)}`).join(" ")}
            />
            {points.map((p) => (
              <g key={p.i}>
                {typeof p.low === "number" && typeof p.high === "number" && (
                  <line class="whisker" x1={x(p.i) + aside} x2={x(p.i) + aside} y1={y(p.low)} y2={y(p.high)} />
                )}
                <circle cx={x(p.i) + aside} cy={y(p.value)} r={3.5}>
                  <title>{`${one.name}, ${names[p.i] ?? ""}: ${format(p.value)}`}</title>
                </circle>
              </g>
            ))}
          </g>
        );
      })}
    </Plot>
  );
}
