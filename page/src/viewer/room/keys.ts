/** The viewer's keys. */
import { registerKeys, type Binding } from "../../keys";
import type { Level } from "../../types";
import type { FilmRoom } from "./room";

const LEVEL_KEYS: Record<string, Level> = {
  "1": "L1", "2": "L2", "3": "L3", "4": "L4", "5": "L5", "6": "T10", "7": "T11", "8": "T12", "9": "S1",
};

const ZOOM_STEP = 1.25;

export function viewerKeys(room: FilmRoom): () => void {
  const stops = [
    registerKeys("Films", guarded(room, filmKeys(room))),
    registerKeys("View", guarded(room, viewKeys(room))),
    registerKeys("Bodies and drawing", guarded(room, bodyKeys(room))),
  ];
  return () => stops.forEach((stop) => stop());
}

/** While the reader is asked about another's decision, no key decides or draws behind the question. */
function guarded(room: FilmRoom, bindings: Binding[]): Binding[] {
  return bindings.map((binding) => ({
    ...binding,
    run(event) {
      if (room.state.conflict.value === null || binding.keys === "Escape") binding.run(event);
    },
  }));
}

function filmKeys(room: FilmRoom): Binding[] {
  const { opening } = room;
  return [
    {
      keys: ["j", "ArrowRight"],
      label: "Next film, by suspicion",
      run: () => room.goto(opening.next(), "This is the last film."),
    },
    {
      keys: ["k", "ArrowLeft"],
      label: "Film before",
      run: () => room.goto(opening.previous(), "This is the first film."),
    },
    { keys: "a", label: "Accept what is shown", run: () => void room.deciding.decide() },
    { keys: "A", label: "Accept, and open the next film", run: () => void room.decideAndGoOn() },
    { keys: "r", label: "Reject the reading", run: () => room.state.adjudicator.value || void room.deciding.reject() },
    { keys: "y", label: "Copy the report", run: () => void room.copyReport() },
    { keys: "c", label: "Compare with the earlier film", run: () => void room.comparing.toggle() },
    { keys: "Escape", label: "End what is begun; back to the list", run: () => escape(room), inFields: true },
  ];
}

function viewKeys(room: FilmRoom): Binding[] {
  return [
    { keys: "w", label: "Window tool", run: () => room.setTool("window") },
    { keys: "z", label: "Zoom tool", run: () => room.setTool("zoom") },
    { keys: "p", label: "Pan tool", run: () => room.setTool("pan") },
    { keys: "m", label: "Magnifier", run: () => room.setTool("magnify") },
    { keys: ["+", "="], label: "Larger", run: () => room.zoomBy(ZOOM_STEP) },
    { keys: "-", label: "Smaller", run: () => room.zoomBy(1 / ZOOM_STEP) },
    { keys: "0", label: "Whole film, its own window", run: () => room.resetView() },
    { keys: "i", label: "Invert", run: () => room.toggleInvert() },
    { keys: "f", label: "Flip left and right", run: () => room.toggleFlip() },
    { keys: "b", label: "Bodies on or off", run: () => room.toggleBodies() },
  ];
}

function bodyKeys(room: FilmRoom): Binding[] {
  const { editing } = room;
  const levels = Object.entries(LEVEL_KEYS).map(
    ([key, level]): Binding => ({
      keys: key,
      label: `Select ${level}`,
      run: () => editing.selectLevel(level),
    }),
  );
  return [
    { keys: "ArrowDown", label: "Next body down", run: () => editing.step(1) },
    { keys: "ArrowUp", label: "Next body up", run: () => editing.step(-1) },
    ...levels,
    {
      keys: "Enter",
      label: "Selected body to the middle; when drawing, to its points",
      run: () => room.showSelected(),
    },
    { keys: ["[", "Shift+ArrowUp"], label: "Every name one level up", run: () => room.shift(-1) },
    { keys: ["]", "Shift+ArrowDown"], label: "Every name one level down", run: () => room.shift(1) },
    { keys: "s", label: "Posterior on the other side", run: () => room.turnSide() },
    { keys: "e", label: "Drawing on or off", run: () => room.toggleEditing() },
    { keys: ["u", "Control+z"], label: "Undo", run: () => editing.undo() },
    { keys: ["U", "Control+y", "Control+Z"], label: "Redo", run: () => editing.redo() },
  ];
}

/** Escape ends the innermost thing first, and only then the film. */
function escape(room: FilmRoom): void {
  const { state } = room;
  const focused = document.activeElement;
  if (state.conflict.value) {
    state.conflict.value = null;
  } else if (focused instanceof HTMLElement && focused.matches("textarea, input, select")) {
    focused.blur();
  } else if (state.adding.value) {
    state.adding.value = null;
    state.notice.value = "";
  } else if (state.editing.value) {
    room.toggleEditing();
  } else if (state.selected.value !== null) {
    state.selected.value = null;
  } else if (state.comparing.value) {
    room.comparing.end();
  } else {
    room.options.onBack();
  }
}
