import { Bars } from "../charts/Bars";
import { Figure } from "../charts/Figure";
import { Lines } from "../charts/Lines";
import { decimal, percent } from "../format";
import type { Quality, QualityMonth } from "../types";
import { colorOf, grouped, monthsOf, perSite, sitesOf } from "./series";

/** The customary limit of a population stability index; the table has what chance stays under. */
const MARKED = 0.25;

export function FilmsPerDay({ quality }: { quality: Quality }) {
  const days = grouped(quality.days);
  const together = quality.days.length > days.length;
  return (
    <Figure
      title={together ? "Films" : "Films per day"}
      note={
        together
          ? `Each bar is ${Math.ceil(quality.days.length / days.length)} days with films, from the day below it.`
          : "Films that came in, and those that the model calls fractured."
      }
      legend={[
        { color: "var(--series-1)", label: "Films" },
        { color: "var(--sev-3)", label: "With a fracture" },
      ]}
      table={{
        head: ["Day", "Films", "Assessable", "Fractured", "Share"],
        rows: quality.days.map((day) => [
          day.day,
          day.films,
          day.assessable,
          day.positive,
          percent(day.rate, 1),
        ]),
      }}
    >
      <Bars
        label="Films by day, and those with a fracture"
        names={days.map((day) => day.day.slice(5))}
        values={days.map((day) => day.films)}
        inner={days.map((day) => day.positive)}
        yLabel="Films"
        xLabel="Day"
      />
    </Figure>
  );
}

interface MonthlyProps {
  title: string;
  note: string;
  quality: Quality;
  value: (row: QualityMonth) => number | null;
  bounds?: [(row: QualityMonth) => number | null, (row: QualityMonth) => number | null];
  format: (value: number) => string;
  most?: number;
  yLabel: string;
  marks?: { value: number; label: string }[];
  head: string[];
  cells: (row: QualityMonth) => (string | number)[];
}

/** One line for each site over the months. */
function Monthly(props: MonthlyProps) {
  const rows = props.quality.months;
  return (
    <Figure
      title={props.title}
      note={props.note}
      legend={sitesOf(rows).map((site, i) => ({ color: colorOf(i), label: site }))}
      table={{
        head: ["Month and site", ...props.head],
        rows: rows.map((row) => [`${row.month} ${row.site}`, ...props.cells(row)]),
      }}
    >
      <Lines
        label={`${props.title} by month and site`}
        names={monthsOf(rows)}
        series={perSite(rows, props.value, ...(props.bounds ?? []))}
        yLabel={props.yLabel}
        xLabel="Month"
        format={props.format}
        most={props.most ?? Infinity}
        marks={props.marks ?? []}
      />
    </Figure>
  );
}

/** A share: with a digit more where it is no whole percent, so that no tick is rounded to a lie. */
const share = (value: number): string =>
  percent(value, Math.abs(100 * value - Math.round(100 * value)) < 1e-6 ? 0 : 1);

export function PositiveRate({ quality }: { quality: Quality }) {
  return (
    <Monthly
      title="Positive rate"
      note="Share of assessable films that the model calls fractured."
      quality={quality}
      value={(row) => row.rate}
      format={share}
      most={1}
      yLabel="Films with a fracture"
      head={["Films", "Fractured", "Share", "Not assessable"]}
      cells={(row) => [row.films, row.positive, percent(row.rate, 1), row.not_assessable]}
    />
  );
}

export function Disagreement({ quality }: { quality: Quality }) {
  return (
    <Monthly
      title="Disagreement of readers with the model"
      note="Share of decided films that readers saw otherwise, with 95 % intervals."
      quality={quality}
      value={(row) => row.share}
      bounds={[(row) => row.low, (row) => row.high]}
      format={share}
      most={1}
      yLabel="Films seen otherwise"
      head={["Decided", "Otherwise", "Share", "Missed", "False alarms", "Rejected"]}
      cells={(row) => [
        row.decided,
        row.disagreed,
        percent(row.share, 1),
        row.missed,
        row.false_alarms,
        row.rejected,
      ]}
    />
  );
}

const DRIFT = {
  steady: "steady",
  moderate: "moderate",
  marked: "marked",
  too_few: "too few films",
} as const;

export function Drift({ quality }: { quality: Quality }) {
  return (
    <Monthly
      title="Drift of probabilities"
      note="Population stability index of the film probabilities against each site's first films."
      quality={quality}
      value={(row) => row.psi}
      format={(value) => decimal(value, 2)}
      yLabel="PSI"
      marks={[{ value: MARKED, label: "customary limit" }]}
      head={["Films compared", "PSI", "Chance stays under", "Said"]}
      cells={(row) => [row.compared, decimal(row.psi), decimal(row.psi_limit), DRIFT[row.drift]]}
    />
  );
}
