import type { ComponentChildren } from "preact";
import { decimal, many, moment } from "../format";
import { Icon } from "../parts/Icon";
import type { SiteFile } from "../types";

/** Hand a site to the reader as a file, for `--site` of the command line. */
function save(file: SiteFile): void {
  const blob = new Blob([`${JSON.stringify(file.site, null, 1)}\n`], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `site-${file.name}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

interface Props {
  title: string;
  file: SiteFile;
  children: ComponentChildren;
}

export function SiteCard({ title, file, children }: Props) {
  return (
    <article class="card stack">
      <h3>
        {title}: {file.name}, threshold {decimal(file.threshold, 3)}
      </h3>
      <p class="soft small">
        {file.target}. From {many(file.films, "film")} of {many(file.patients, "patient")} (
        {many(file.bodies, "body", "bodies")}, {file.fractured} fractured), {moment(file.made_at)}
        {file.accepted_by && `, accepted by ${file.accepted_by}`}.
      </p>
      <table class="table small">
        <caption class="hidden-visually">To expect on new films</caption>
        <thead>
          <tr>
            <th scope="col">To expect</th>
            <th scope="col" class="number">
              Value
            </th>
            <th scope="col" class="number">
              95 %
            </th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(file.expected).map(([name, figure]) => (
            <tr key={name}>
              <td>{name.replaceAll("_", " ")}</td>
              <td class="number">{decimal(figure.value, 3)}</td>
              <td class="number">
                {decimal(figure.low, 3)} to {decimal(figure.high, 3)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {file.warnings.map((warning) => (
        <p key={warning} class="warning-line small">
          {warning}
        </p>
      ))}
      <div class="cluster">
        {children}
        <button type="button" class="button" onClick={() => save(file)}>
          <Icon name="download" /> Save as a file
        </button>
      </div>
    </article>
  );
}
