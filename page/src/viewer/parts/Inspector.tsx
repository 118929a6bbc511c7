/** The selected body: what the model said, and what a reader may change. */
import { LEVELS, type GenantGrade } from "../../types";
import { levelOf, type Body, type Shape, type Status } from "../drawing/document";
import { freeLevels, likeliestFree, removeBody, setGrade, setLevel, setNote, setShape, setStatus } from "../drawing/edits";
import { isJudged, isLevel, type Level } from "../drawing/levels";
import { chance } from "../drawing/severity";
import type { FilmRoom } from "../room/room";
import { Icon } from "./icons";
import { Pick } from "./Pick";

const STATUSES: { value: Status; label: string }[] = [
  { value: "normal", label: "Normal" },
  { value: "fractured", label: "Fractured" },
  { value: "unknown", label: "Not judged" },
];

export function Inspector({ room }: { room: FilmRoom }) {
  const { state } = room;
  const body = state.selectedBody.value;
  const level = body && levelOf(state.drawing.value, body);
  const readOnly = state.readOnly.value !== null;
  if (!body || !level) return <AddBody room={room} />;
  return (
    <section class="inspector" aria-label={`Selected body ${level}`}>
      <p class="model-said">{modelWords(body)}</p>
      <div class="fields">
        <Pick
          label="Level"
          value={level}
          disabled={readOnly}
          onPick={(wanted) =>
            isLevel(wanted) &&
            room.editing.apply((drawing) => setLevel(drawing, body.key, wanted))
          }
        >
          {LEVELS.map((name) => <option key={name}>{name}</option>)}
        </Pick>
        {isJudged(level) && (
          <>
            <Pick
              label="Status"
              value={body.status}
              disabled={readOnly}
              onPick={(status) =>
                room.editing.apply((drawing) => setStatus(drawing, body.key, status as Status))
              }
            >
              {STATUSES.map(({ value, label }) => <option key={value} value={value}>{label}</option>)}
            </Pick>
            <GradeField room={room} body={body} readOnly={readOnly} />
            {body.status === "fractured" && (
              <Pick
                label="Shape"
                value={body.shape ?? "wedge"}
                disabled={readOnly}
                onPick={(shape) =>
                  room.editing.apply((drawing) => setShape(drawing, body.key, shape as Shape))
                }
              >
                {["wedge", "biconcave", "crush"].map((name) => <option key={name}>{name}</option>)}
              </Pick>
            )}
          </>
        )}
        <button
          type="button"
          class="small"
          disabled={readOnly}
          onClick={() => room.editing.apply((drawing) => removeBody(drawing, body.key), `${level} removed.`)}
        >
          <Icon name="remove" /> Remove
        </button>
      </div>
      <label class="note">
        Note
        <input
          value={body.note}
          disabled={readOnly}
          maxLength={500}
          onChange={(event) => {
            const note = event.currentTarget.value;
            room.editing.apply((drawing) => setNote(drawing, body.key, note));
          }}
        />
      </label>
    </section>
  );
}

function GradeField({ room, body, readOnly }: { room: FilmRoom; body: Body; readOnly: boolean }) {
  return (
    <Pick
      label="Grade"
      value={body.grade ?? ""}
      disabled={readOnly || body.status === "unknown"}
      onPick={(grade) =>
        room.editing.apply((drawing) =>
          setGrade(drawing, body.key, Number(grade) as GenantGrade),
        )
      }
    >
      {body.grade === null && <option value="">–</option>}
      {["0 normal", "1 mild", "2 moderate", "3 severe"].map((words, grade) => (
        <option key={grade} value={grade}>{words}</option>
      ))}
    </Pick>
  );
}

/** What the model had said, whatever was changed since. */
function modelWords(body: Body): string {
  const said = body.model;
  if (!said) return "Drawn by a reader; the model did not find this body.";
  if (!said.assessable) return `Model: ${said.level}, not assessable. ${said.reasons.join(" ")}`;
  const grade = said.grade ? `, grade ${said.grade} ${said.shape ?? ""}` : ", no fracture";
  return `Model: ${said.level}, ${chance(said.probability)}${grade}`.trimEnd() + ".";
}

function AddBody({ room }: { room: FilmRoom }) {
  const { state } = room;
  if (state.readOnly.value !== null || !state.editing.value) {
    return (
      <p class="hint">
        Select a body on the film, in the table or with the keys 1–8.
        {state.readOnly.value === null && " E begins drawing."}
      </p>
    );
  }
  const free = freeLevels(state.drawing.value);
  if (free.length === 0) return <p class="hint">Every level is drawn.</p>;
  const likeliest = likeliestFree(state.drawing.value);
  const wanted = (button: HTMLElement): Level =>
    button.closest("form")!.querySelector("select")!.value as Level;
  return (
    <form class="fields" aria-label="Add a body" onSubmit={(event) => event.preventDefault()}>
      <label>
        Add
        {/* Made anew with every change, so that it offers what lacks now. */}
        <select key={free.join()}>
          {free.map((level) => <option key={level} selected={level === likeliest}>{level}</option>)}
        </select>
      </label>
      <button type="button" class="small"
        onClick={(event) => room.editing.beginAdding(wanted(event.currentTarget))}>
        <Icon name="add" /> by six clicks
      </button>
      <button type="button" class="small"
        onClick={(event) => room.editing.addLikeNeighbour(wanted(event.currentTarget))}>
        <Icon name="add" /> like its neighbour
      </button>
    </form>
  );
}
