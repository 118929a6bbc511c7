/** Accept or reject; who decided before; and what to do when somebody else was quicker. */
import { useEffect, useRef } from "preact/hooks";

import { moment } from "../../format";
import type { Decision, DecisionKind } from "../../types";
import type { FilmRoom } from "../room/room";

export function Decide({ room }: { room: FilmRoom }) {
  const { state } = room;
  const film = state.film.value;
  const readOnly = state.readOnly.value;
  const disabled = readOnly !== null || state.saving.value || !film;
  const drawn = state.drawing.value.bodies.some(({ origin }) => origin === "reader");
  const settles = state.adjudicator.value;
  const head = (settles ? state.projectFilm.value?.settled : film?.decision) ?? null;
  return (
    <section class="decide" aria-label="Decision">
      <p class="standing">
        {head ? standing(head) : settles ? "Not settled yet." : "Not decided yet."}
        {state.changed.value && " Changed since."}
        {head && head.kind !== "undo" && !settles && (
          <button type="button" class="small" disabled={disabled}
            onClick={() => void room.deciding.takeBack()}>
            Take back
          </button>
        )}
      </p>
      {readOnly && <p class="read-only" role="note">{readOnly}</p>}
      <div class="decide-buttons">
        <button type="button" class="accept" disabled={disabled} aria-keyshortcuts="a"
          title={settles ? "Settle the film as it is shown (A)" : "Accept (A); with Shift, go on with the next film"}
          onClick={() => void room.deciding.decide()}>
          {settles ? "Adjudicate" : state.changed.value || drawn ? "Accept corrected" : "Accept"} <kbd>A</kbd>
        </button>
        {!settles && (
          <button type="button" class="reject" disabled={disabled} aria-keyshortcuts="r"
            onClick={() => void room.deciding.reject()}>
            Reject <kbd>R</kbd>
          </button>
        )}
      </div>
    </section>
  );
}

const WORDS: Record<DecisionKind, string> = {
  accept: "Accepted", correct: "Corrected", reject: "Rejected", adjudicate: "Adjudicated", undo: "Taken back",
};

function standing(decision: Decision): string {
  return `${WORDS[decision.kind]} by ${decision.user ?? "a reader"}, ${moment(decision.at)}.`;
}

/** Every decision on this film; none is ever overwritten, and each can be looked at. */
export function DecisionHistory({ room }: { room: FilmRoom }) {
  const { decisions } = room.state;
  if (decisions.value.length === 0) return null;
  return (
    // Whoever settles a film begins with what its readers say.
    <details class="history" open={room.state.adjudicator.value}>
      <summary>Decisions ({decisions.value.length})</summary>
      <ol>
        {decisions.value.map((decision) => (
          <li key={decision.id}>
            <span>
              <b>{WORDS[decision.kind]}</b> by {decision.user ?? "a reader"}, {moment(decision.at)}
              {decision.body.comment && <em> “{decision.body.comment}”</em>}
            </span>
            <button type="button" class="small" onClick={() => room.deciding.show(decision)}>
              Show
            </button>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** Somebody else decided meanwhile: the reader chooses, nothing is lost either way. */
export function ConflictDialog({ room }: { room: FilmRoom }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { conflict } = room.state;
  const open = conflict.value !== null;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const theirs = conflict.value?.theirs;
  return (
    <dialog ref={dialog} class="conflict" role="alertdialog" aria-labelledby="conflict-title"
      aria-describedby="conflict-words" onCancel={() => (conflict.value = null)}>
      <h2 id="conflict-title">Decided meanwhile</h2>
      <p id="conflict-words">
        {conflict.value?.sentence} {theirs && standing(theirs)}
      </p>
      <div class="decide-buttons">
        <button type="button" class="accept" onClick={() => void room.deciding.reload()}>
          Load theirs
        </button>
        <button type="button" onClick={() => room.deciding.keepMine()}>Keep my drawing</button>
      </div>
    </dialog>
  );
}
