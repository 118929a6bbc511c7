import type { ComponentChildren } from "preact";
import "../styles/charts.css";

export interface Table {
  head: string[];
  rows: (string | number)[][];
}

interface Props {
  title: string;
  /** What the picture shows, in a sentence. */
  note?: string;
  table: Table;
  children: ComponentChildren;
  legend?: { color: string; label: string }[];
}

/** A chart with its title, its legend, and the same figures as a table for whoever prefers one. */
export function Figure({ title, note, table, children, legend = [] }: Props) {
  return (
    <figure class="card figure">
      <figcaption>
        <h2 class="chart-title">{title}</h2>
        {note && <p class="soft small">{note}</p>}
        {legend.length > 0 && (
          <ul class="legend small">
            {legend.map((entry) => (
              <li key={entry.label}>
                <span class="swatch" style={{ background: entry.color }} />
                {entry.label}
              </li>
            ))}
          </ul>
        )}
      </figcaption>
      {table.rows.length === 0 ? <p class="soft nothing">Nothing to show yet.</p> : children}
      {table.rows.length > 0 && (
        <details>
          <summary class="small">As a table</summary>
          <div class="table-scroll figures" tabIndex={0} role="region" aria-label={`${title}: table`}>
            <table class="table small">
              <thead>
                <tr>
                  {table.head.map((name, i) => (
                    <th key={name} scope="col" class={i > 0 ? "number" : ""}>
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {table.rows.map((row) => (
                  <tr key={row.join("|")}>
                    {row.map((cell, i) => (
                      <td key={table.head[i]} class={i > 0 ? "number" : ""}>
                        {cell}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </figure>
  );
}
