import { useState } from "preact/hooks";
import { getAgreement } from "../api";
import { Bars } from "../charts/Bars";
import { BlandAltman } from "../charts/BlandAltman";
import { Figure } from "../charts/Figure";
import { bounds, histogram } from "../charts/scale";
import { decimal, many } from "../format";
import { Status } from "../parts/Status";
import { useLoaded } from "../parts/useLoaded";
import type { AgreementCorners, AgreementKappa, Project } from "../types";
import { agreementWords, kappaWords } from "./kappaWords";

function KappaCard({ title, kappa }: { title: string; kappa: AgreementKappa }) {
  return (
    <section class="card kappa">
      <h2 class="chart-title">{title}</h2>
      <p>
        <span class="value number">{decimal(kappa.kappa)}</span>{" "}
        <span class="soft">
          {kappa.low !== null && `95 % ${decimal(kappa.low)} to ${decimal(kappa.high)} · `}
          {kappaWords(kappa)}
        </span>
      </p>
      <p class="soft small">{agreementWords(kappa)}</p>
      {kappa.n > 0 && (
        <div class="table-scroll">
          <table class="table small crosstable">
            <caption class="soft">First reader down, second across</caption>
            <thead>
              <tr>
                <td />
                {kappa.labels.map((name) => (
                  <th key={name} scope="col" class="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {kappa.table.map((row, i) => (
                <tr key={kappa.labels[i]}>
                  <th scope="row">{kappa.labels[i]}</th>
                  {row.map((cell, k) => (
                    <td key={kappa.labels[k]} class={i === k ? "number alike" : "number"}>
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Corners({ corners }: { corners: AgreementCorners }) {
  const edges = bounds(corners.values, 5);
  const counts = histogram(corners.values, edges.length - 1, edges.at(-1) ?? 5);
  const names = counts.map((_, i) => `${edges[i]} to ${edges[i + 1]}`);
  return (
    <Figure
      title="Distance of corners"
      note={`Percent of the posterior height; median ${decimal(corners.median, 1)} % (95 % ${decimal(corners.low, 1)} to ${decimal(corners.high, 1)}), nine of ten below ${decimal(corners.p90, 1)} %.`}
      table={{
        head: ["Distance, %", "Bodies"],
        rows: corners.n > 0 ? names.map((name, i) => [name, counts[i] ?? 0]) : [],
      }}
    >
      <Bars
        label="Histogram of the distance between both readers' corners"
        names={names}
        bounds={edges}
        values={counts}
        yLabel="Bodies"
        xLabel="Distance, % of the posterior height"
      />
    </Figure>
  );
}

export function AgreementTab({ project }: { project: Project }) {
  const [unit, setUnit] = useState<"percent" | "mm">("percent");
  const { value, loading, fault, again } = useLoaded(
    () => getAgreement(project.id, unit),
    [project.id, unit],
  );
  if (!value) return <Status loading={loading} fault={fault} again={again} />;
  return (
    <div class="stack">
      <div class="cluster spread">
        <p>
          {many(value.films, "film")} decided by two readers
          {value.readers.length > 0 &&
            ` (${value.readers.map((reader) => `${reader.name} ${reader.films}`).join(", ")})`}
          {value.turned_down > 0 && `; ${value.turned_down} turned down`}.
        </p>
        <div class="segments" role="group" aria-label="Heights in">
          {(["percent", "mm"] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={unit === one}
              onClick={() => setUnit(one)}
            >
              Heights in {one === "mm" ? "mm" : "%"}
            </button>
          ))}
        </div>
      </div>
      {value.notes.map((note) => (
        <p key={note} class="warning-line">
          {note}
        </p>
      ))}
      <div class="figures-grid">
        <KappaCard title="Fracture, Cohen's kappa" kappa={value.fracture} />
        <KappaCard title={`Grade, ${value.weights} weighted kappa`} kappa={value.grade} />
        <Corners corners={value.corners} />
        {value.heights.map((heights) => (
          <BlandAltman key={heights.height} heights={heights} />
        ))}
      </div>
    </div>
  );
}
