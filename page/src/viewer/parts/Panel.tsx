/** Beside the film: result, numbering, bodies, report, decision. */
import { useComputed } from "@preact/signals";

import { personName } from "../../format";
import { seenSide } from "../drawing/document";
import { chance, percent } from "../drawing/severity";
import type { FilmRoom } from "../room/room";
import { BodiesTable } from "./BodiesTable";
import { ChangeTable } from "./Compare";
import { Decide, DecisionHistory } from "./Decide";
import { Differences } from "./Differences";
import { FilmFields } from "./FilmFields";
import { Icon } from "./icons";
import { Inspector } from "./Inspector";
import { ProjectReport } from "./ProjectReport";
import { Report } from "./Report";

export function Panel({ room }: { room: FilmRoom }) {
  const settles = room.state.adjudicator.value;
  return (
    <aside class="panel" aria-label="Findings">
      <div class="panel-scroll">
        <FilmResult room={room} />
        {room.options.project && <Differences room={room} />}
        {settles && <DecisionHistory room={room} />}
        <Numbering room={room} />
        {room.state.comparing.value && <ChangeTable room={room} />}
        <BodiesTable room={room} />
        <Inspector room={room} />
        <Report room={room} />
        <FilmFields room={room} />
        {room.options.project && <ProjectReport room={room} />}
        {!settles && <DecisionHistory room={room} />}
        <ModelLine room={room} />
      </div>
      <Decide room={room} />
    </aside>
  );
}

function FilmResult({ room }: { room: FilmRoom }) {
  const { film, others, user } = room.state;
  const reading = film.value?.reading;
  // One person may have it open in two windows, and oneself, too.
  const me = user.value && (user.value.full_name || user.value.name);
  const watching = [...new Set(others.value.map(({ user }) => user))].sort(
    (a, b) => Number(b === me) - Number(a === me),
  );
  const words = watching.map((name) => (name === me ? "You" : name)).join(" and ");
  const where = watching[0] === me ? " in another window" : "";
  return (
    <header class="result">
      <h1>{film.value ? personName(film.value.patient_name) || film.value.name : "Film"}</h1>
      {watching.length > 0 && (
        <p class="others" role="status">
          {words} {words === "You" || watching.length > 1 ? "have" : "has"} this film open
          {watching.length === 1 ? where : ""}, too.
        </p>
      )}
      {reading && (
        <p class={`result-line ${reading.fractured ? "is-fractured" : ""}`}>
          {!reading.assessable
            ? `Not assessable. ${reading.reasons.join(" ")}`
            : reading.fractured
              ? `Model: fracture suspected, ${chance(reading.fracture_probability)}`
              : `Model: no fracture found, ${chance(reading.fracture_probability)}`}
        </p>
      )}
      {reading?.warnings.map((warning) => <p key={warning} class="warning">{warning}</p>)}
    </header>
  );
}

function Numbering({ room }: { room: FilmRoom }) {
  const { state } = room;
  const reading = state.film.value?.reading;
  const shift = useComputed(() => state.drawing.value.shift);
  if (!reading || state.drawing.value.bodies.length === 0) return null;
  const { confidence, assumption } = reading.numbering;
  const moved =
    shift.value === 0
      ? ""
      : ` Moved ${Math.abs(shift.value)} level${Math.abs(shift.value) > 1 ? "s" : ""} ` +
        `${shift.value > 0 ? "down" : "up"} by a reader.`;
  const { posterior } = state.drawing.value;
  const turned = posterior === reading.film.posterior_side ? "" : ", changed by a reader";
  return (
    <div class="numbering">
      <p title={assumption}>
        Numbering {percent(confidence)} sure.{moved} Posterior{" "}
        {seenSide(posterior, state.flipped.value)}{turned}.
      </p>
      <div role="group" aria-label="Renumber the whole spine">
        <button type="button" class="small" aria-keyshortcuts="[" aria-label="Every name one level up"
          title="Every name one level up ([)" disabled={state.readOnly.value !== null}
          onClick={() => room.shift(-1)}>
          <Icon name="up" /> <kbd>[</kbd>
        </button>
        <button type="button" class="small" aria-keyshortcuts="]" aria-label="Every name one level down"
          title="Every name one level down (])" disabled={state.readOnly.value !== null}
          onClick={() => room.shift(1)}>
          <Icon name="down" /> <kbd>]</kbd>
        </button>
      </div>
    </div>
  );
}

function ModelLine({ room }: { room: FilmRoom }) {
  const reading = room.state.film.value?.reading;
  if (!reading) return null;
  return (
    <p class="model-line">
      {reading.model.name} {reading.model.version} ({reading.model.sha256.slice(0, 8)}), site{" "}
      {reading.site}, threshold {percent(reading.threshold)}. Research use only. Not for diagnosis.
    </p>
  );
}
