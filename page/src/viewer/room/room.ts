/** One film open for reading: its state and all that can be done to it. */
import { effect } from "@preact/signals";

import { shiftNames, turnSide } from "../drawing/edits";
import { bodyByKey, seenSide } from "../drawing/document";
import { centre } from "../drawing/geometry";
import { setPrimaryTool, type ToolName } from "../stage/engine";
import { Stage } from "../stage/stage";
import { Comparing } from "./comparing";
import { Deciding } from "./deciding";
import { Editing } from "./editing";
import { Measuring } from "./measuring";
import { Opening } from "./opening";
import { Presence } from "./presence";
import { makeState, type RoomState } from "./state";

export interface RoomOptions {
  project: string | null;
  onNavigate(id: string): void;
  onBack(): void;
}

/** The first point of the selected body takes the focus; the arrow keys then move it. */
function focusPoints(): void {
  document.querySelector<SVGGElement>(".handles .is-selected .handle")?.focus();
}

/** Outlives every mount: making a viewport anew for each film would cost the quick opening. */
const mainStage = new Stage("film-main");

/** What a reader set stays for the next film. */
const kept = { tool: "window" as ToolName, bodiesShown: true };

export class FilmRoom {
  readonly state: RoomState = makeState();
  readonly stage = mainStage;
  readonly measuring = new Measuring(this.state);
  readonly editing = new Editing(this.state, this.measuring);
  readonly deciding: Deciding;
  readonly opening: Opening;
  readonly comparing = new Comparing(this.state);
  private readonly presence: Presence;
  private readonly stops: (() => void)[] = [];

  constructor(
    readonly filmId: string,
    readonly options: RoomOptions,
  ) {
    const { state } = this;
    this.deciding = new Deciding(
      state, this.measuring, options.project, () => void this.opening.lookAhead(),
    );
    this.opening = new Opening(state, this.stage, this.measuring, this.deciding, options.project);
    this.presence = new Presence(state, this.opening, this.deciding);
    state.tool.value = kept.tool;
    state.bodiesShown.value = kept.bodiesShown;
  }

  /** Begin, once the film's place on the page exists. */
  start(host: HTMLElement): void {
    const { state } = this;
    this.stage.attach(host);
    this.stops.push(
      this.stage.onView(() => (state.view.value += 1)),
      this.comparing.stage.onView(() => (state.view.value += 1)),
      effect(() => setPrimaryTool(state.tool.value)),
      effect(() => {
        kept.tool = state.tool.value;
        kept.bodiesShown = state.bodiesShown.value;
      }),
    );
    this.presence.enter(this.filmId);
    void this.opening.open(this.filmId);
  }

  dispose(): void {
    this.opening.close();
    this.measuring.cancel();
    this.presence.leave();
    this.comparing.end();
    for (const stop of this.stops.splice(0)) stop();
    this.stage.detach();
  }

  setTool(tool: ToolName): void {
    this.state.tool.value = tool;
  }

  toggleInvert(): void {
    const { inverted } = this.state;
    inverted.value = !inverted.value;
    this.eachStage((stage) => stage.setInvert(inverted.value));
  }

  toggleFlip(): void {
    const { flipped } = this.state;
    flipped.value = !flipped.value;
    this.eachStage((stage) => stage.setFlip(flipped.value));
  }

  resetView(): void {
    const view = { inverted: this.state.inverted.value, flipped: this.state.flipped.value };
    this.eachStage((stage) => stage.reset(view));
  }

  zoomBy(factor: number): void {
    this.eachStage((stage) => stage.zoomBy(factor));
  }

  toggleBodies(): void {
    const { bodiesShown } = this.state;
    bodiesShown.value = !bodiesShown.value;
    if (!bodiesShown.value) this.state.editing.value = false;
  }

  toggleEditing(): void {
    const { editing, readOnly, bodiesShown, notice, adding } = this.state;
    if (readOnly.value !== null) {
      notice.value = readOnly.value;
      return;
    }
    editing.value = !editing.value;
    adding.value = null;
    if (editing.value) bodiesShown.value = true;
    notice.value = editing.value
      ? "Drawing: drag the points, or select a body and move a point with the arrow keys."
      : "";
  }

  shift(by: 1 | -1): void {
    this.editing.apply(
      (drawing) => shiftNames(drawing, by),
      `Every name moved one level ${by > 0 ? "down" : "up"}.`,
    );
  }

  /** The other side is the posterior one. */
  turnSide(): void {
    const { drawing, flipped, notice } = this.state;
    if (!this.editing.apply(turnSide)) return;
    const side = seenSide(drawing.value.posterior, flipped.value);
    notice.value = `Posterior is on the ${side} now, and every point is named by it. U undoes it.`;
  }

  /** Bring the selected body to the middle of the picture. */
  showSelected(): void {
    const { drawing, selected } = this.state;
    const body = bodyByKey(drawing.value, selected.value);
    if (!body || !this.stage.ready) return;
    this.stage.centreOn(centre(body.points));
    if (this.state.editing.value) focusPoints();
  }

  goto(id: string | null, none: string): void {
    if (id && id !== this.filmId) this.options.onNavigate(id);
    else this.state.notice.value = none;
  }

  /** Decide on what is shown, and go on with the film that comes next. */
  async decideAndGoOn(): Promise<void> {
    if (!(await this.deciding.decide())) return;
    this.goto(this.opening.next(), "Accepted. This is the last film.");
  }

  async copyReport(): Promise<void> {
    const { notice, report } = this.state;
    try {
      await navigator.clipboard.writeText(report.value);
      notice.value = "Report copied.";
    } catch {
      notice.value = "The browser does not allow copying here; select the report's text instead.";
    }
  }

  private eachStage(call: (stage: Stage) => void): void {
    for (const stage of [this.stage, this.comparing.stage]) if (stage.ready) call(stage);
  }
}
