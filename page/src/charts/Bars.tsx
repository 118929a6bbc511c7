import { BOTTOM, HEIGHT, LEFT, Plot, RIGHT, TOP, WIDTH } from "./Plot";
import { roundUp, scale, ticks } from "./scale";

interface Props {
  label: string;
  names: readonly string[];
  values: readonly number[];
  yLabel: string;
  xLabel?: string;
  format?: (value: number) => string;
  /** Bounds of the bars on an axis of numbers, one more than values; else each bar has its name. */
  bounds?: readonly number[];
  /** A second height inside each bar, from the ground up: films with a fracture among all, say. */
  inner?: readonly number[];
}

export function Bars({ label, names, values, yLabel, xLabel, format = String, bounds, inner }: Props) {
  const top = roundUp(Math.max(0, ...values));
  const y = scale(0, top, HEIGHT - BOTTOM, TOP);
  const place = (WIDTH - LEFT - RIGHT) / Math.max(1, values.length);
  // Bars of a histogram touch, as their bins do.
  const width = bounds ? Math.max(1, place - 2) : Math.max(1, Math.min(place * 0.7, 46));
  const bar = (value: number, i: number, kind: string) => (
    <rect
      key={`${kind}${i}`}
      class={kind}
      x={LEFT + (i + 0.5) * place - width / 2}
      y={y(value)}
      width={width}
      height={Math.max(0, y(0) - y(value))}
    >
      <title>{`${names[i] ?? ""}: ${format(value)}`}</title>
    </rect>
  );
  // Bars count things: there is no half of one.
  const whole = ticks(0, top, 4).filter(Number.isInteger);
  const axis = { at: y, ticks: whole, format, label: yLabel };
  const end = bounds?.at(-1) ?? 0;
  const x = bounds && {
    at: scale(0, end, LEFT, WIDTH - RIGHT),
    ticks: ticks(0, end, 8),
    format: String,
    label: xLabel ?? "",
  };
  return (
    <Plot
      label={label}
      y={axis}
      {...(x ? { x } : { categories: names, xLabel: xLabel ?? "" })}
    >
      {values.map((value, i) => bar(value, i, "bar-1"))}
      {inner?.map((value, i) => bar(value, i, "bar-2"))}
    </Plot>
  );
}
