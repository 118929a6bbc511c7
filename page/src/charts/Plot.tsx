import type { ComponentChildren } from "preact";
import { every } from "./scale";

/** Size of every chart in its own units; the page scales it. */
export const WIDTH = 640;
export const HEIGHT = 260;
export const LEFT = 66;
export const RIGHT = 12;
export const TOP = 12;
export const BOTTOM = 42;

interface Axis {
  at(value: number): number;
  ticks: number[];
  format(value: number): string;
  label: string;
}

interface Props {
  label: string;
  y: Axis;
  x?: Axis;
  /** Names below equally wide places instead of numbers on an axis. */
  categories?: readonly string[];
  xLabel?: string;
  children: ComponentChildren;
}

/** Frame of a chart: grid, ticks, names of axes. The table beside it holds the figures for all. */
export function Plot({ label, y, x, categories = [], xLabel, children }: Props) {
  const step = every(categories.length, 9);
  const width = (WIDTH - LEFT - RIGHT) / Math.max(1, categories.length);
  return (
    <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {y.ticks.map((tick) => (
        <g key={tick}>
          <line class="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y.at(tick)} y2={y.at(tick)} />
          <text x={LEFT - 6} y={y.at(tick)} text-anchor="end" dominant-baseline="middle">
            {y.format(tick)}
          </text>
        </g>
      ))}
      {x?.ticks.map((tick) => (
        <text key={tick} x={x.at(tick)} y={HEIGHT - BOTTOM + 16} text-anchor="middle">
          {x.format(tick)}
        </text>
      ))}
      {categories.map((name, i) =>
        i % step === 0 ? (
          <text
            key={name}
            x={LEFT + (i + 0.5) * width}
            y={HEIGHT - BOTTOM + 16}
            text-anchor="middle"
          >
            {name}
          </text>
        ) : null,
      )}
      <text class="axis" x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 6} text-anchor="middle">
        {x?.label ?? xLabel ?? ""}
      </text>
      <text
        class="axis"
        transform={`translate(14 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)`}
        text-anchor="middle"
      >
        {y.label}
      </text>
      {children}
    </svg>
  );
}
