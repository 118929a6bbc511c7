/** One film on the screen: a Cornerstone viewport, and where its pixels lie in the page. */
import {
  Enums, getShouldUseCPURendering, type StackViewport, type Types,
} from "@cornerstonejs/core";

import type { Point } from "../drawing/geometry";
import { filmEngine, fitMagnifier, joinTools, leaveTools } from "./engine";
import { aspectOf, imageIdOf, setAspect } from "./images";

export interface View {
  inverted: boolean;
  flipped: boolean;
}

const MAGNIFIER_TIMES = 2.5;
const WHEEL_FACTOR = 1.1;

export class Stage {
  readonly element = document.createElement("div");
  private readonly watchers = new Set<() => void>();
  private readonly sizes = new ResizeObserver(() => this.resized());
  private filmId: string | null = null;
  private enabled = false;
  private shown = 0;

  constructor(private readonly viewportId: string) {
    this.element.className = "stage-film";
    this.element.setAttribute("role", "img");
    // The right button is a tool here; the browser's menu would cover the film.
    this.element.addEventListener("contextmenu", (event) => event.preventDefault());
    this.element.addEventListener("wheel", this.wheel, { passive: false });
    for (const name of [Enums.Events.CAMERA_MODIFIED, Enums.Events.VOI_MODIFIED]) {
      this.element.addEventListener(name, () => this.tell());
    }
  }

  /** What a screen reader calls the picture. */
  name(label: string): void {
    this.element.setAttribute("aria-label", label);
  }

  /** Put the stage into the page. The same stage serves one mount after another. */
  attach(host: HTMLElement): void {
    host.prepend(this.element);
    if (!this.enabled) {
      filmEngine().enableElement({
        viewportId: this.viewportId,
        type: Enums.ViewportType.STACK,
        element: this.element,
        defaultOptions: { background: [0, 0, 0] },
      });
      joinTools(this.viewportId);
      // With the focus Cornerstone would take the keys for itself, and the viewer's would be dead.
      this.element.removeAttribute("tabindex");
      if (getShouldUseCPURendering()) withoutLutFunction(this.viewport);
      this.enabled = true;
    }
    this.sizes.observe(this.element);
  }

  detach(): void {
    this.sizes.disconnect();
    this.element.remove();
  }

  /** Give the viewport back altogether (of a film that was only compared with). */
  dispose(): void {
    this.detach();
    if (!this.enabled) return;
    leaveTools(this.viewportId);
    filmEngine().disableElement(this.viewportId);
    this.enabled = false;
  }

  /** Show a film, whole. Resolves when it is drawn; false when another film was asked for since. */
  async show(filmId: string, spacing: readonly number[] | null, view: View): Promise<boolean> {
    const turn = ++this.shown;
    setAspect(filmId, spacing);
    await this.viewport.setStack([imageIdOf(filmId)]);
    if (turn !== this.shown) return false;
    this.filmId = filmId;
    this.setInvert(view.inverted);
    this.fit(view.flipped);
    const drawn = new Promise<void>((resolve) => {
      this.element.addEventListener(Enums.Events.IMAGE_RENDERED, () => resolve(), { once: true });
    });
    this.viewport.render();
    await drawn;
    this.tell();
    return turn === this.shown;
  }

  setInvert(inverted: boolean): void {
    this.viewport.setProperties({ invert: inverted });
    this.viewport.render();
  }

  setFlip(flipped: boolean): void {
    if (this.viewport.getCamera().flipHorizontal === flipped) return;
    this.viewport.setCamera({ flipHorizontal: flipped });
    this.viewport.render();
    this.tell();
  }

  /** Whole film, its own window; the reader's inverting and flipping stay. */
  reset(view: View): void {
    this.viewport.resetProperties();
    this.setInvert(view.inverted);
    this.fit(view.flipped);
    this.viewport.render();
    this.tell();
  }

  private fit(flipped: boolean): void {
    this.viewport.setCamera({ flipHorizontal: false });
    this.viewport.resetCamera();
    if (flipped) this.viewport.setCamera({ flipHorizontal: true });
    this.fitted = this.place();
  }

  /** Where the camera was when the film was shown whole: there, it stays whole in a box resized. */
  private fitted = "";

  private place(): string {
    const { parallelScale = 0, focalPoint = [0, 0, 0] } = this.viewport.getCamera();
    return [parallelScale, ...focalPoint].map((value) => value.toFixed(2)).join(" ");
  }

  /** Enlarge about a place of the page (CSS pixels in the stage), which stays where it is. */
  zoomBy(factor: number, about: Point = this.middle()): void {
    const { parallelScale } = this.viewport.getCamera();
    if (!parallelScale) return;
    const before = this.viewport.canvasToWorld([about[0], about[1]]);
    this.viewport.setCamera({ parallelScale: parallelScale / factor });
    this.travel(before, this.viewport.canvasToWorld([about[0], about[1]]));
  }

  /** The wheel, wherever over the film it turned: a notch is a tenth. */
  readonly wheel = (event: WheelEvent): void => {
    event.preventDefault();
    if (!this.ready || event.deltaY === 0) return;
    const box = this.element.getBoundingClientRect();
    const factor = event.deltaY < 0 ? WHEEL_FACTOR : 1 / WHEEL_FACTOR;
    this.zoomBy(factor, [event.clientX - box.left, event.clientY - box.top]);
  };

  /** Bring a point to the middle of the picture, without changing the zoom. */
  centreOn(point: Point): void {
    this.travel(this.toWorld(point), this.viewport.canvasToWorld([...this.middle()]));
  }

  private middle(): Point {
    return [this.element.clientWidth / 2, this.element.clientHeight / 2];
  }

  /** Move the camera by the way from one place of the world to another. */
  private travel(to: Types.Point3, from: Types.Point3): void {
    const { focalPoint, position } = this.viewport.getCamera();
    if (!focalPoint || !position) return;
    const moved = (point: Types.Point3): Types.Point3 => [
      point[0] + to[0] - from[0], point[1] + to[1] - from[1], point[2],
    ];
    this.viewport.setCamera({ focalPoint: moved(focalPoint), position: moved(position) });
    this.viewport.render();
  }

  window(): { center: number; width: number } | null {
    const range = this.ready ? this.viewport.getProperties().voiRange : undefined;
    if (!range) return null;
    return {
      center: Math.round((range.lower + range.upper) / 2),
      width: Math.round(range.upper - range.lower),
    };
  }

  get ready(): boolean {
    return this.enabled && this.filmId !== null;
  }

  /** A point of the film, in CSS pixels from the stage's upper left corner. */
  toPage(point: Point): Point {
    const at = this.viewport.worldToCanvas(this.toWorld(point));
    return [at[0], at[1]];
  }

  private toWorld(point: Point): Types.Point3 {
    const half = cornerOffset();
    return [point[0] + half, (point[1] + half) * aspectOf(this.filmId!), 0];
  }

  toFilm(at: Point): Point {
    const half = cornerOffset();
    const aspect = aspectOf(this.filmId!);
    const world = this.viewport.canvasToWorld([at[0], at[1]]);
    return [world[0] - half, world[1] / aspect - half];
  }

  /** Called whenever the film lies elsewhere in the page or its window changed. */
  onView(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  private tell(): void {
    if (this.ready) for (const watcher of this.watchers) watcher();
  }

  private resized(): void {
    if (!this.enabled || this.element.clientWidth === 0) return;
    fitMagnifier(this.element.clientHeight, MAGNIFIER_TIMES);
    const whole = this.ready && this.place() === this.fitted;
    filmEngine().resize(true, true);
    if (whole) {
      this.fit(this.viewport.getCamera().flipHorizontal ?? false);
      this.viewport.render();
    }
    this.tell();
  }

  private get viewport(): StackViewport {
    return filmEngine().getViewport(this.viewportId) as StackViewport;
  }
}

/**
 * The magnifier copies its viewport's properties to its own, and the 2-D canvas refuses one of
 * them, the VOI LUT function, though it is the only one it knows.
 */
function withoutLutFunction(viewport: StackViewport): void {
  const all = viewport.getProperties;
  viewport.getProperties = () => ({ ...all(), VOILUTFunction: undefined });
}

/** The 2-D canvas counts from the film's corner, WebGL from the first pixel's centre. */
function cornerOffset(): number {
  return getShouldUseCPURendering() ? 0.5 : 0;
}
