import { decimal } from "../format";
import type { AgreementHeights } from "../types";
import { Figure } from "./Figure";
import { BOTTOM, HEIGHT, LEFT, Plot, RIGHT, TOP, WIDTH } from "./Plot";
import { extent, scale, ticks } from "./scale";

const UNIT = { percent: "%", mm: "mm" } as const;

/** Differences of two readers' heights over their mean, with bias and limits of agreement. */
export function BlandAltman({ heights }: { heights: AgreementHeights }) {
  const { mean, difference, bias, lower, upper } = heights;
  const unit = UNIT[heights.unit];
  const [left, right] = extent(mean);
  const margin = (right - left || 1) * 0.05;
  const [bottom, top] = extent([...difference, lower ?? 0, upper ?? 0, 0]);
  const room = (top - bottom || 1) * 0.12;
  const x = scale(left - margin, right + margin, LEFT, WIDTH - RIGHT);
  const y = scale(bottom - room, top + room, HEIGHT - BOTTOM, TOP);
  const line = (value: number | null, name: string) =>
    value === null ? null : (
      <g key={name}>
        <line class="mark" x1={LEFT} x2={WIDTH - RIGHT} y1={y(value)} y2={y(value)} />
        <text class="mark-name" x={WIDTH - RIGHT - 4} y={y(value) - 5} text-anchor="end">
          {`${name} ${decimal(value, 1)} ${unit}`}
        </text>
      </g>
    );
  return (
    <Figure
      title={`${heights.height[0]?.toUpperCase() ?? ""}${heights.height.slice(1)} height`}
      note={`${heights.n} bodies; second reader minus first.`}
      table={{
        head: ["Level", `Mean, ${heights.mean_unit}`, `Difference, ${unit}`],
        rows: mean.map((value, i) => [
          heights.level[i] ?? "",
          decimal(value, 1),
          decimal(difference[i], 2),
        ]),
      }}
    >
      <Plot
        label={`Bland-Altman plot of the ${heights.height} height: bias ${decimal(bias, 1)} ${unit}, limits ${decimal(lower, 1)} to ${decimal(upper, 1)} ${unit}`}
        x={{
          at: x,
          ticks: ticks(left - margin, right + margin, 6),
          format: String,
          label: `Mean of both readers, ${heights.mean_unit}`,
        }}
        y={{
          at: y,
          ticks: ticks(bottom - room, top + room, 5),
          format: (value) => decimal(value, 0),
          label: `Difference, ${unit}`,
        }}
      >
        {mean.map((value, i) => (
          <circle key={i} class="dot" cx={x(value)} cy={y(difference[i] ?? 0)} r={3.5}>
            <title>{`${heights.level[i] ?? ""}: ${decimal(difference[i], 1)} ${unit}`}</title>
          </circle>
        ))}
        {line(upper, "upper limit")}
        {line(bias, "bias")}
        {line(lower, "lower limit")}
      </Plot>
    </Figure>
  );
}
