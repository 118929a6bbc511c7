/** The film with what lies over it: bodies, points, patient, window, notice. */
import { useEffect, useRef } from "preact/hooks";

import { day, personName, sexAge } from "../../format";
import type { FilmDetail, Side } from "../../types";
import { namedBodies, seenSide } from "../drawing/document";
import { isInside, type Point } from "../drawing/geometry";
import { heightsWords } from "../room/heights";
import type { FilmRoom } from "../room/room";
import type { Stage } from "../stage/stage";
import { Handles } from "./Handles";
import { Overlay } from "./Overlay";

/** A press that moves less than this is a click, not the use of a tool. */
const CLICK_PX = 4;

export function MainFilm({ room }: { room: FilmRoom }) {
  const host = useRef<HTMLDivElement>(null);
  const { state, stage } = room;
  useEffect(() => {
    room.start(host.current!);
    return selectByClick(room);
  }, [room]);

  const name = filmName(state.film.value);
  useEffect(() => stage.name(name), [stage, name]);

  const body = state.selectedBody.value;
  const loading = state.loading.value;
  return (
    <div class="film">
      <div class="film-stage" ref={host} />
      {!loading && state.bodiesShown.value && (
        <>
          <Overlay
            stage={stage}
            drawing={state.drawing.value}
            view={state.view}
            selected={state.selected.value}
            detail={body && state.editing.value ? heightsWords(body.points, state.film.value) : undefined}
          />
          <AddingMarks room={room} />
          <Handles room={room} />
          <AddingSurface room={room} />
        </>
      )}
      {loading && !state.problem.value && <p class="film-wait" role="status">Opening the film…</p>}
      {state.problem.value && <p class="film-problem" role="alert">{state.problem.value}</p>}
      <FilmCorners film={state.film.value} stage={stage} room={room}
        posterior={state.drawing.value.posterior} />
    </div>
  );
}

export function filmName(film: FilmDetail | null): string {
  if (!film) return "Film";
  return `Lateral film of ${personName(film.patient_name) || film.patient_id || film.name}`;
}

/** A click on a body selects it; one beside all bodies selects none. */
function selectByClick(room: FilmRoom): () => void {
  const { element } = room.stage;
  let from: Point | null = null;
  const down = (event: PointerEvent): void => {
    from = event.button === 0 ? [event.clientX, event.clientY] : null;
  };
  const up = (event: PointerEvent): void => {
    const moved = from ? Math.hypot(event.clientX - from[0], event.clientY - from[1]) : Infinity;
    from = null;
    if (moved > CLICK_PX || !room.stage.ready || !room.state.bodiesShown.value) return;
    const box = element.getBoundingClientRect();
    const at = room.stage.toFilm([event.clientX - box.left, event.clientY - box.top]);
    const hit = namedBodies(room.state.drawing.value).find(({ body }) => isInside(at, body.points));
    room.state.selected.value = hit?.body.key ?? null;
  };
  element.addEventListener("pointerdown", down);
  element.addEventListener("pointerup", up);
  return () => {
    element.removeEventListener("pointerdown", down);
    element.removeEventListener("pointerup", up);
  };
}

/** While a body is added, clicks are its points and no tool's. */
function AddingSurface({ room }: { room: FilmRoom }) {
  if (!room.state.adding.value) return null;
  const click = (event: MouseEvent): void => {
    const box = room.stage.element.getBoundingClientRect();
    room.editing.click(room.stage.toFilm([event.clientX - box.left, event.clientY - box.top]));
  };
  return <div class="adding-surface" onClick={click} />;
}

function AddingMarks({ room }: { room: FilmRoom }) {
  const { adding, view } = room.state;
  void view.value;
  if (!adding.value || !room.stage.ready) return null;
  return (
    <svg class="overlay" aria-hidden="true">
      {adding.value.clicks.map((point, i) => {
        const [x, y] = room.stage.toPage(point);
        return <circle key={i} class="adding-mark" cx={x} cy={y} r="4" />;
      })}
    </svg>
  );
}

interface CornerProps {
  film: FilmDetail | null;
  stage: Stage;
  room: FilmRoom;
  posterior: Side;
  title?: string;
}

export function FilmCorners({ film, stage, room, posterior, title }: CornerProps) {
  void room.state.view.value;
  if (!film || room.state.loading.value) return null;
  const shown = stage.window();
  return (
    <div class="film-corners" aria-hidden="true">
      <p class="corner tl">
        <b>{personName(film.patient_name) || film.name}</b>
        <span>{film.patient_id}</span>
        {(film.sex || film.age !== null) && <span>{sexAge(film.sex, film.age)}</span>}
      </p>
      <p class="corner tr">
        {title && <b>{title}</b>}
        <span>{day(film.study_date)}</span>
        <span>{film.site === "default" ? "" : film.site}</span>
      </p>
      <p class="corner bl">
        {shown && <span>C {shown.center} · W {shown.width}</span>}
        {room.state.inverted.value && <span>inverted</span>}
        {room.state.flipped.value && <span>flipped</span>}
      </p>
      <p class="corner br">Research use only. Not for diagnosis.</p>
      {/* Of a film that was not read nobody has said which side is which. */}
      {(film.reading || film.decision) && (
        <>
          <b class="edge left">{seenSide(posterior, room.state.flipped.value) === "left" ? "P" : "A"}</b>
          <b class="edge right">{seenSide(posterior, room.state.flipped.value) === "left" ? "A" : "P"}</b>
        </>
      )}
    </div>
  );
}
