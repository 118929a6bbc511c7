/** The bodies beside the film: judgement, probability, heights, ratios, reasons. */
import { namedBodies, type Body } from "../drawing/document";
import { heights } from "../drawing/geometry";
import { isJudged, type Level } from "../drawing/levels";
import { chance, judgementWords, percent, severityOf, spokenName } from "../drawing/severity";
import { digits, shownHeights, spacingAtPatient } from "../room/heights";
import type { FilmRoom } from "../room/room";

const HEIGHTS = "Anterior, middle, posterior height";

export function BodiesTable({ room }: { room: FilmRoom }) {
  const { state } = room;
  const film = state.film.value;
  const named = namedBodies(state.drawing.value);
  const unit = spacingAtPatient(film) ? "mm" : "px";
  if (!film) return null;
  if (named.length === 0) {
    return <p class="empty">{nothingDrawn(room)}</p>;
  }
  return (
    <table class="bodies">
      <caption class="hidden-text">Bodies, top to bottom</caption>
      <thead>
        <tr>
          <th scope="col">Level</th>
          <th scope="col">Finding</th>
          <th scope="col" class="number" title="Probability of a fracture, by the model">Model</th>
          <th scope="col" class="number" title="Largest share of height lost">Loss</th>
          <th
            scope="col"
            class="number"
            title={unit === "mm" ? HEIGHTS : `${HEIGHTS}; the film is not calibrated at the patient`}
          >
            Ha Hm Hp, {unit}
          </th>
          <th scope="col" class="number" title="Anterior and middle height over posterior height">
            Ha/Hp Hm/Hp
          </th>
        </tr>
      </thead>
      <tbody>
        {named.map(({ body, level }) => (
          <Row key={body.key} room={room} body={body} level={level} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ room, body, level }: { room: FilmRoom; body: Body; level: Level }) {
  const { state } = room;
  const selected = state.selected.value === body.key;
  const loss = lossOf(room, body);
  const judged = isJudged(level);
  const reasons = reasonsOf(room, body);
  const severity = severityOf(body, level);
  const select = (): void => {
    state.selected.value = selected ? null : body.key;
  };
  return (
    <>
      <tr class={selected ? "is-selected" : ""} onClick={select}>
        <th scope="row">
          <button
            type="button"
            class="level-button"
            aria-pressed={selected}
            aria-label={spokenName(body, level)}
            onClick={(event) => {
              event.stopPropagation();
              select();
            }}
          >
            {level}
          </button>
        </th>
        <td>
          <span class={`chip sev-${severity}`}>{judgementWords(body, level)}</span>
          {body.origin === "reader" && <span class="mark-edited"> edited</span>}
        </td>
        <td class="number">{judged && body.model?.assessable ? chance(body.model.probability) : "–"}</td>
        <td class="number">{judged && loss !== null ? percent(Math.max(0, loss)) : "–"}</td>
        <td class="number">{judged ? heightsCell(room, body) : "–"}</td>
        <td class="number">{judged ? ratiosCell(body) : "–"}</td>
      </tr>
      {judged && reasons.length > 0 && (
        <tr class="reasons">
          <td />
          <td colSpan={5}>{reasons.join(" ")}</td>
        </tr>
      )}
    </>
  );
}

function heightsCell(room: FilmRoom, body: Body): string {
  const shown = shownHeights(body.points, room.state.film.value);
  return [shown.anterior, shown.middle, shown.posterior]
    .map((value) => digits(value, shown.unit))
    .join("  ");
}

function ratiosCell(body: Body): string {
  const { anterior, middle, posterior } = heights(body.points);
  if (posterior === 0) return "–";
  return `${(anterior / posterior).toFixed(2)}  ${(middle / posterior).toFixed(2)}`;
}

/** Of a body that was drawn: as measured now. Of one as found: as the model had it. */
function lossOf(room: FilmRoom, body: Body): number | null {
  const measured = room.state.measured.value.get(body.key)?.height_loss ?? null;
  return body.origin === "model" ? (body.model?.heightLoss ?? measured) : measured;
}

function reasonsOf(room: FilmRoom, body: Body): readonly string[] {
  if (body.origin === "model") return body.model?.reasons ?? [];
  return room.state.measured.value.get(body.key)?.reasons ?? [];
}

function nothingDrawn(room: FilmRoom): string {
  const film = room.state.film.value;
  if (film?.state === "queued" || film?.state === "reading") {
    return "This film is still being read; its findings will appear here.";
  }
  if (film?.state === "failed") return `This film could not be read. ${film.reason ?? ""}`;
  return "No body was found. Bodies can be drawn with E.";
}
