import { count } from "../format";
import { FILTERS, narrowed, query, START } from "./query";
import { ask, counts, sites } from "./store";

function Choices() {
  const now = query.value.filter;
  return (
    <ul class="choices" aria-label="Show">
      {FILTERS.map((filter) => {
        const number = counts.value?.[filter.name];
        return (
          <li key={filter.name}>
            <button
              type="button"
              class={`choice ${filter.name}`}
              aria-pressed={filter.name === now}
              onClick={() => ask({ filter: filter.name })}
            >
              <span>{filter.label}</span>
              <span class="number">{number === undefined ? "" : count(number)}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

export function Filters() {
  const now = query.value;
  const value = (event: Event) => (event.currentTarget as HTMLInputElement).value;
  return (
    <aside class="filters" aria-label="Filters">
      <Choices />
      <div class="field">
        <label for="site">Site</label>
        <select id="site" value={now.site} onChange={(event) => ask({ site: value(event) })}>
          <option value="">All sites</option>
          {sites.value.map((site) => (
            <option key={site} value={site}>
              {site}
            </option>
          ))}
        </select>
      </div>
      <fieldset class="dates">
        <legend class="label">Study date</legend>
        <div class="field">
          <label for="from">From</label>
          <input id="from" type="date" value={now.from} onChange={(event) => ask({ from: value(event) })} />
        </div>
        <div class="field">
          <label for="to">To</label>
          <input id="to" type="date" value={now.to} onChange={(event) => ask({ to: value(event) })} />
        </div>
      </fieldset>
      {(narrowed(now) || now.filter !== "all") && (
        <button type="button" class="button" onClick={() => ask({ ...START, sort: now.sort })}>
          Clear filters
        </button>
      )}
    </aside>
  );
}
