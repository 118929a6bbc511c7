/** The reader's report: words made from the findings, the reader's own once he edits them. */
import type { FilmRoom } from "../room/room";
import { Icon } from "./icons";

export function Report({ room }: { room: FilmRoom }) {
  const { state } = room;
  const readOnly = state.readOnly.value !== null;
  const outdated =
    state.reportEdited.value &&
    state.wordsEdited.value !== null &&
    state.wordsEdited.value !== state.words.value;
  return (
    <section class="report" aria-labelledby="report-title">
      <header>
        <h2 id="report-title">Report</h2>
        {state.reportEdited.value && !readOnly && (
          <button
            type="button"
            class="small"
            onClick={() => {
              state.reportEdited.value = false;
              room.measuring.ask();
            }}
          >
            Write anew
          </button>
        )}
        <button type="button" class="small" aria-keyshortcuts="y" title="Copy the report (Y)"
          onClick={() => void room.copyReport()}>
          <Icon name="copy" /> Copy
        </button>
      </header>
      <textarea
        aria-labelledby="report-title"
        rows={5}
        readOnly={readOnly}
        value={state.report.value}
        onInput={(event) => {
          state.report.value = event.currentTarget.value;
          if (!state.reportEdited.value) state.wordsEdited.value = state.words.value;
          state.reportEdited.value = true;
        }}
      />
      {outdated && (
        <p class="warning" role="status">
          The findings have changed since this report was written; check its words.
        </p>
      )}
    </section>
  );
}
