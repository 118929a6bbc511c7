/** Accept, correct, reject: decisions that name the one they follow, so that none is overrun. */
import { adjudicate, ApiError, decide, getDecisions, getFilm } from "../../api";
import type { Decision, DecisionKind, NewDecision } from "../../types";
import { decisionBody, drawingOfDecision } from "../drawing/convert";
import { begin } from "../drawing/history";
import type { Measuring } from "./measuring";
import type { RoomState } from "./state";

export class Deciding {
  constructor(
    private readonly state: RoomState,
    private readonly measuring: Measuring,
    private readonly project: string | null,
    private readonly after: (decision: Decision) => void,
  ) {}

  /** Accept what is on the screen: as the model had it, or as the reader corrected it. */
  accept(): Promise<boolean> {
    const { state } = this;
    const touched = state.drawing.value.bodies.some(({ origin }) => origin === "reader");
    const corrected = state.changed.value || touched || state.drawing.value.shift !== 0;
    return this.send(corrected ? "correct" : "accept");
  }

  reject(): Promise<boolean> {
    return this.send("reject");
  }

  adjudicate(): Promise<boolean> {
    return this.send("adjudicate");
  }

  /** The one decision that is the reader's to make on this film. */
  decide(): Promise<boolean> {
    return this.state.adjudicator.value ? this.adjudicate() : this.accept();
  }

  /** Take back the decision that stands; it stays on record. */
  takeBack(): Promise<boolean> {
    return this.send("undo");
  }

  /** The decision that the reader sees, which a new one names as its parent. */
  private parent(kind: DecisionKind): string | null {
    const { film, projectFilm } = this.state;
    if (kind === "adjudicate") return projectFilm.value?.settled?.id ?? null;
    return film.value?.decision?.id ?? null;
  }

  private async send(kind: DecisionKind): Promise<boolean> {
    const { state } = this;
    const film = state.film.value;
    if (!film || state.saving.value) return false;
    if (state.readOnly.value !== null) {
      state.notice.value = state.readOnly.value;
      return false;
    }
    state.saving.value = true;
    const drawing = state.drawing.value;
    const parent = this.parent(kind);
    const asked: NewDecision = {
      kind,
      parent_id: parent,
      reading_id: film.reading_id,
      // Taking back restores what stood before; only the server knows all of it.
      body: kind === "undo" ? null : decisionBody(drawing),
      report: kind === "undo" ? null : state.report.value || null,
      project_id: this.project,
    };
    try {
      const made = await (kind === "adjudicate" && this.project
        ? adjudicate(this.project, film.id, asked)
        : decide(film.id, asked));
      // The reader may have opened the next film while this one's answer was on its way.
      if (state.film.value?.id === film.id) {
        state.saved.value = drawing;
        state.film.value = { ...state.film.value, decision: made };
        state.decisions.value = [made, ...state.decisions.value];
        state.notice.value = SAID[kind];
        if (kind === "undo") this.show(made);
        if (kind === "adjudicate" && state.projectFilm.value) {
          state.projectFilm.value = { ...state.projectFilm.value, settled: made };
        }
      }
      this.after(made);
      return true;
    } catch (error) {
      if (state.film.value?.id === film.id) await this.refused(error, film.id, parent);
      return false;
    } finally {
      state.saving.value = false;
    }
  }

  private async refused(error: unknown, filmId: string, parent: string | null): Promise<void> {
    const { state } = this;
    const sentence = error instanceof Error ? error.message : String(error);
    if (error instanceof ApiError && error.status === 409) {
      const page = await getDecisions(filmId, this.project ?? undefined).catch(() => null);
      const theirs = newest((page?.items ?? []).filter((decision) => this.inMyChain(decision)));
      if (theirs && theirs.id !== parent) {
        state.conflict.value = { sentence, theirs };
        return;
      }
    }
    if (error instanceof ApiError && error.status === 403) state.readOnly.value = sentence;
    state.notice.value = sentence;
  }

  /** In a project every reader has a chain of his own; in the room all share one. */
  private inMyChain(decision: Decision): boolean {
    return !this.project || decision.user_id === this.state.user.value?.id;
  }

  /** Take over what stands on the server; what was drawn here since is given up. */
  async reload(): Promise<void> {
    const { state } = this;
    const id = state.film.value?.id;
    if (!id) return;
    try {
      const film = await getFilm(id, undefined, this.project);
      if (state.film.value?.id !== id) return;
      state.film.value = film;
      state.conflict.value = null;
      if (film.decision) this.show(film.decision);
      await this.loadHistory(id);
    } catch (error) {
      state.notice.value = error instanceof Error ? error.message : String(error);
    }
  }

  /** Keep what is drawn here and make it follow the other's decision, which stays on record. */
  keepMine(): void {
    const { state } = this;
    const { film, conflict } = state;
    if (film.value && conflict.value?.theirs) {
      film.value = { ...film.value, decision: conflict.value.theirs };
      state.decisions.value = [conflict.value.theirs, ...state.decisions.value];
      state.notice.value = "Your drawing is kept. Accepting it now follows the other's decision.";
    }
    conflict.value = null;
  }

  /** Put an earlier decision's state on the screen. */
  show(decision: Decision): void {
    const { state } = this;
    const drawing = drawingOfDecision(decision.body, state.film.value?.reading ?? null);
    state.history.value = begin(drawing);
    state.saved.value = drawing;
    state.selected.value = null;
    state.report.value = decision.report ?? "";
    state.reportEdited.value = Boolean(decision.report);
    state.wordsEdited.value = null;
    state.measured.value = new Map();
    this.measuring.ask();
  }

  async loadHistory(filmId: string): Promise<void> {
    const page = await getDecisions(filmId, this.project ?? undefined);
    if (this.state.film.value?.id !== filmId) return;
    this.state.decisions.value = [...page.items].sort(byTime);
  }
}

const byTime = (a: Decision, b: Decision): number => b.at.localeCompare(a.at);

function newest(decisions: readonly Decision[]): Decision | null {
  return [...decisions].sort(byTime)[0] ?? null;
}

const SAID: Record<DecisionKind, string> = {
  accept: "Accepted.",
  correct: "Accepted with your corrections.",
  reject: "Rejected: the model's reading of this film does not stand.",
  adjudicate: "Adjudicated.",
  undo: "Taken back.",
};
