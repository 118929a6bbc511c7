/** Everything the viewer knows, as signals. Nothing here talks to the server or the screen. */
import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";

import type {
  Comparison, Decision, FilmDetail, MeasuredBody, ProjectFilmDetail, User, Watcher,
} from "../../types";
import type { Body, Drawing } from "../drawing/document";
import { bodyByKey } from "../drawing/document";
import type { Point } from "../drawing/geometry";
import { begin, type History } from "../drawing/history";
import type { Level } from "../drawing/levels";
import type { ToolName } from "../stage/engine";

/** A body being added by clicks on the film. */
export interface Adding {
  level: Level;
  clicks: readonly Point[];
}

/** Somebody else decided since this film was opened. */
export interface Conflict {
  sentence: string;
  /** The decision that now stands, where it could be fetched. */
  theirs: Decision | null;
}

export const EMPTY: Drawing = {
  bodies: [], posterior: "left", sixLumbar: false, shift: 0, assessable: true, comment: "",
};

export interface RoomState {
  readonly user: Signal<User | null>;
  readonly film: Signal<FilmDetail | null>;
  readonly problem: Signal<string | null>;
  readonly loading: Signal<boolean>;

  readonly history: Signal<History<Drawing>>;
  readonly drawing: ReadonlySignal<Drawing>;
  /** The drawing as it was opened or last saved. */
  readonly saved: Signal<Drawing>;
  readonly changed: ReadonlySignal<boolean>;
  readonly selected: Signal<number | null>;
  readonly selectedBody: ReadonlySignal<Body | null>;
  readonly adding: Signal<Adding | null>;
  readonly measured: Signal<ReadonlyMap<number, MeasuredBody>>;

  readonly tool: Signal<ToolName>;
  readonly bodiesShown: Signal<boolean>;
  readonly editing: Signal<boolean>;
  readonly inverted: Signal<boolean>;
  readonly flipped: Signal<boolean>;
  readonly readOnly: Signal<string | null>;

  readonly report: Signal<string>;
  readonly reportEdited: Signal<boolean>;
  /** The words that the findings as they now are would make. */
  readonly words: Signal<string>;
  /** Those words when the reader began to write his own; null: not known yet. */
  readonly wordsEdited: Signal<string | null>;
  readonly decisions: Signal<readonly Decision[]>;
  readonly saving: Signal<boolean>;
  readonly conflict: Signal<Conflict | null>;
  readonly others: Signal<readonly Watcher[]>;

  /** In a project: this user settles what two readers disagree on. */
  readonly adjudicator: Signal<boolean>;
  readonly projectFilm: Signal<ProjectFilmDetail | null>;

  readonly prior: Signal<FilmDetail | null>;
  readonly comparing: Signal<boolean>;
  readonly comparison: Signal<Comparison | null>;

  /** Said once, to the eye at the foot of the film and to screen readers. */
  readonly notice: Signal<string>;
  /** Counts up whenever the film lies elsewhere on the page. */
  readonly view: Signal<number>;
}

export function makeState(): RoomState {
  const history = signal(begin(EMPTY));
  const saved = signal(EMPTY);
  const selected = signal<number | null>(null);
  const drawing = computed(() => history.value.present);
  return {
    user: signal(null),
    film: signal(null),
    problem: signal(null),
    loading: signal(true),
    history,
    drawing,
    saved,
    changed: computed(() => drawing.value !== saved.value),
    selected,
    selectedBody: computed(() => bodyByKey(drawing.value, selected.value)),
    adding: signal(null),
    measured: signal(new Map()),
    tool: signal("window"),
    bodiesShown: signal(true),
    editing: signal(false),
    inverted: signal(false),
    flipped: signal(false),
    readOnly: signal(null),
    report: signal(""),
    reportEdited: signal(false),
    words: signal(""),
    wordsEdited: signal(null),
    decisions: signal([]),
    saving: signal(false),
    conflict: signal(null),
    others: signal([]),
    adjudicator: signal(false),
    projectFilm: signal(null),
    prior: signal(null),
    comparing: signal(false),
    comparison: signal(null),
    notice: signal(""),
    view: signal(0),
  };
}
