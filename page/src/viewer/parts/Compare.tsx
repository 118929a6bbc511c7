/** The patient's earlier film beside this one, and the change of each body's heights. */
import { useEffect, useRef } from "preact/hooks";

import type { ComparedLevel, FilmDetail, Heights } from "../../types";
import { drawingOfDecision, drawingOfReading } from "../drawing/convert";
import type { Drawing } from "../drawing/document";
import type { FilmRoom } from "../room/room";
import { EMPTY } from "../room/state";
import { FilmCorners, filmName } from "./Film";
import { Overlay } from "./Overlay";

export function PriorFilm({ room }: { room: FilmRoom }) {
  const host = useRef<HTMLDivElement>(null);
  const { state } = room;
  const { stage } = room.comparing;
  const prior = state.prior.value;
  useEffect(() => {
    if (!prior) return;
    stage.name(`Earlier: ${filmName(prior)}, ${prior.study_date ?? "no date"}`);
    void room.comparing.show(host.current!);
  }, [room, prior]);
  return (
    <div class="film is-prior">
      <div class="film-stage" ref={host} />
      {prior ? (
        <>
          {state.bodiesShown.value && (
            <Overlay
              stage={stage}
              drawing={priorDrawing(prior)}
              view={state.view}
              selected={null}
            />
          )}
          <FilmCorners film={prior} stage={stage} room={room} title="Earlier"
            posterior={priorDrawing(prior).posterior} />
        </>
      ) : (
        <p class="film-wait" role="status">Opening the earlier film…</p>
      )}
    </div>
  );
}

function priorDrawing(prior: FilmDetail): Drawing {
  if (prior.decision) return drawingOfDecision(prior.decision.body, prior.reading);
  return prior.reading ? drawingOfReading(prior.reading) : EMPTY;
}

const HEIGHTS: { name: keyof Heights; label: string }[] = [
  { name: "anterior", label: "Ha" },
  { name: "middle", label: "Hm" },
  { name: "posterior", label: "Hp" },
];

export function ChangeTable({ room }: { room: FilmRoom }) {
  const { comparison, prior } = room.state;
  if (!comparison.value || !prior.value) return null;
  const { levels } = comparison.value;
  const unit = levels[0]?.unit === "mm" ? "mm" : "shares of the depth";
  return (
    <table class="bodies change">
      <caption>
        Heights then and now ({unit}), since {prior.value.study_date ?? "the earlier film"}
      </caption>
      <thead>
        <tr>
          <th scope="col">Level</th>
          {HEIGHTS.map(({ name, label }) => (
            <th key={name} scope="col" class="number">{label}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {levels.map((compared) => (
          <tr key={compared.level}>
            <th scope="row">{compared.level}</th>
            {HEIGHTS.map(({ name }) => (
              <td key={name} class="number">{changeCell(compared, name)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A body that lost this share of a height since the earlier film is marked. */
const MARKED_LOSS = 0.15;

function changeCell(compared: ComparedLevel, name: keyof Heights) {
  const { prior, now, unit } = compared;
  const figure = (value: number): string => value.toFixed(unit === "mm" ? 1 : 2);
  if (!prior && !now) return "–";
  if (!prior || !now) return `${prior ? figure(prior[name]) : "–"} → ${now ? figure(now[name]) : "–"}`;
  const share = prior[name] > 0 ? now[name] / prior[name] - 1 : 0;
  const percents = Math.round(share * 100);
  const lost = share <= -MARKED_LOSS;
  return (
    <>
      {figure(prior[name])} → {figure(now[name])}{" "}
      <b class={lost ? "is-lost" : "is-kept"}>
        {percents > 0 ? "+" : percents < 0 ? "−" : "±"}
        {Math.abs(percents)} %{lost && <span class="hidden-text"> lost</span>}
      </b>
    </>
  );
}
