import { useState } from "preact/hooks";
import { getQuality } from "../api";
import { many } from "../format";
import { Status } from "../parts/Status";
import { useLoaded } from "../parts/useLoaded";
import { mayAdminister } from "../shell/session";
import "../styles/projects.css";
import "../styles/quality.css";
import type { Quality as Figures } from "../types";
import { Disagreement, Drift, FilmsPerDay, PositiveRate } from "./Charts";
import { Recalibration } from "./Recalibration";

function Warnings({ quality }: { quality: Figures }) {
  if (quality.months.length === 0) return <p class="soft">No films in these months.</p>;
  if (quality.warnings.length === 0) {
    return <p class="steady-line">Nothing stands out in these months.</p>;
  }
  return (
    <section class="stack" aria-label="Warnings">
      <h2>{many(quality.warnings.length, "warning")}</h2>
      <ul class="stack warnings">
        {quality.warnings.map((warning) => (
          <li key={warning.kind + warning.site + warning.month} class="warning-line">
            <strong>
              {warning.site}, {warning.month}:
            </strong>{" "}
            {warning.sentence}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Totals({ quality }: { quality: Figures }) {
  const sum = (pick: (row: Figures["months"][number]) => number) =>
    quality.months.reduce((total, row) => total + pick(row), 0);
  const films = sum((row) => row.films);
  const decided = sum((row) => row.decided);
  const entries = [
    ["Films", films],
    ["With a fracture", sum((row) => row.positive)],
    ["Not assessable", sum((row) => row.not_assessable)],
    ["Decided by readers", decided],
    ["Seen otherwise", sum((row) => row.disagreed)],
    ["Missed by the model", sum((row) => row.missed)],
    ["False alarms", sum((row) => row.false_alarms)],
  ] as const;
  return (
    <dl class="totals">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="number">{value.toLocaleString("en-US")}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Quality() {
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [site, setSite] = useState("");
  const { value, loading, fault, again } = useLoaded(
    () => getQuality({ from, to, site }),
    [from, to, site],
  );
  return (
    <main class="page" id="main" tabIndex={-1}>
      <header>
        <h1>Quality</h1>
        <div class="cluster quality-filters">
          <label for="quality-site">Site</label>
          <select
            id="quality-site"
            class="narrow"
            value={site}
            onChange={(event) => setSite(event.currentTarget.value)}
          >
            <option value="">All sites</option>
            {value?.sites.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
          <label for="quality-from">From</label>
          <input
            id="quality-from"
            type="date"
            value={from || (value?.first ?? "")}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <label for="quality-to">To</label>
          <input
            id="quality-to"
            type="date"
            value={to || (value?.last ?? "")}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        </div>
      </header>
      <Status loading={loading && !value} fault={fault} again={again} />
      {value && (
        <>
          <Totals quality={value} />
          <Warnings quality={value} />
          <div class="figures-grid">
            <FilmsPerDay quality={value} />
            <PositiveRate quality={value} />
            <Disagreement quality={value} />
            <Drift quality={value} />
          </div>
        </>
      )}
      {mayAdminister.value && <Recalibration sites={value?.sites ?? []} />}
    </main>
  );
}
