/** The patient's earlier film beside this one, and what changed between them. */
import { compare, getFilm } from "../../api";
import { pixelStore } from "../stage/images";
import { Stage } from "../stage/stage";
import type { RoomState } from "./state";

export class Comparing {
  readonly stage = new Stage("film-prior");

  constructor(private readonly state: RoomState) {}

  async toggle(): Promise<void> {
    const { state } = this;
    if (state.comparing.value) {
      this.end();
      return;
    }
    const film = state.film.value;
    if (!film?.prior_id) {
      state.notice.value = "There is no earlier film of this patient to compare with.";
      return;
    }
    state.comparing.value = true;
    try {
      const [prior, comparison] = await Promise.all([
        getFilm(film.prior_id),
        compare(film.id, film.prior_id),
        pixelStore.get(film.prior_id),
      ]);
      if (!state.comparing.value || state.film.value?.id !== film.id) return;
      state.comparison.value = comparison;
      state.prior.value = prior;
    } catch (error) {
      this.end();
      state.notice.value = error instanceof Error ? error.message : String(error);
    }
  }

  /** Show the earlier film once its place on the page exists. */
  async show(host: HTMLElement): Promise<void> {
    const prior = this.state.prior.value;
    if (!prior) return;
    this.stage.attach(host);
    const { inverted, flipped } = this.state;
    await this.stage.show(prior.id, prior.spacing_mm, {
      inverted: inverted.value,
      flipped: flipped.value,
    });
  }

  end(): void {
    const { state } = this;
    state.comparing.value = false;
    state.prior.value = null;
    state.comparison.value = null;
    this.stage.dispose();
  }
}
