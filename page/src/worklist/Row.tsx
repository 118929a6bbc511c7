import { ago, day, moment, personName, probability, sexAge } from "../format";
import { filmPath } from "../router";
import type { FilmItem } from "../types";
import { again } from "./actions";
import { finding, heat, statusText } from "./finding";
import { Thumbnail } from "./Thumbnail";

interface Props {
  film: FilmItem | undefined;
  row: number;
  top: number;
  chosen: boolean;
  now: Date;
  onOpen(film: FilmItem): void;
}

/** One film. A row that is not loaded yet keeps its place. */
export function Row({ film, row, top, chosen, now, onOpen }: Props) {
  const place = { transform: `translateY(${top}px)` };
  if (!film) {
    return (
      <div class="row unloaded" role="row" aria-rowindex={row + 2} style={place}>
        <span role="gridcell">
          <span class="hidden-visually">Loading</span>
        </span>
      </div>
    );
  }
  const found = finding(film);
  const person = personName(film.patient_name);
  return (
    <div
      class={`row ${film.status}`}
      role="row"
      aria-rowindex={row + 2}
      aria-selected={chosen}
      data-film={film.id}
      tabIndex={chosen ? 0 : -1}
      style={place}
      onClick={(event) => {
        if (!(event.target as Element).closest("a, button")) onOpen(film);
      }}
    >
      <span role="gridcell">
        <Thumbnail film={film} />
      </span>
      <span role="gridcell">
        <span class={`badge ${found.tone}`} title={found.detail}>
          {found.text}
        </span>
      </span>
      <span role="gridcell" class="suspicion">
        <span class="number">{probability(film.suspicion)}</span>
        <span class="bar" aria-hidden="true">
          <span
            style={{
              width: `${(film.suspicion ?? 0) * 100}%`,
              background: heat(film.suspicion, found.tone),
            }}
          />
        </span>
      </span>
      <span role="gridcell" class="person">
        <a href={filmPath(film.id)} tabIndex={-1}>
          {person || film.name}
        </a>
        <span class="soft small">{person ? film.patient_id || film.name : film.patient_id}</span>
      </span>
      <span role="gridcell" class="number">
        {sexAge(film.sex, film.age)}
      </span>
      <span role="gridcell" class="number">
        {day(film.study_date)}
        {film.prior_id && (
          <span class="prior" title="There is an earlier film of this patient">
            prior
          </span>
        )}
      </span>
      <span role="gridcell" class="cut site">
        {film.site}
      </span>
      <span role="gridcell" class="state">
        {film.state === "failed" ? (
          <button type="button" class="button again" onClick={() => void again(film)}>
            Read again
          </button>
        ) : (
          <span>{statusText(film)}</span>
        )}
        {film.decided_by && <span class="soft small cut">{film.decided_by}</span>}
      </span>
      <span role="gridcell" class="soft small received" title={moment(film.received_at)}>
        {ago(film.received_at, now)}
      </span>
    </div>
  );
}
