/** What can be done to a film from the list. */
import { signal } from "@preact/signals";
import { deleteFilm, readAgain } from "../api";
import { sentence } from "../parts/useLoaded";
import { say } from "../shell/notices";
import type { FilmItem } from "../types";
import { films, refresh } from "./store";

/** The film that somebody is being asked about before it is deleted. */
export const deleting = signal<FilmItem | null>(null);

export async function again(film: FilmItem): Promise<void> {
  try {
    await readAgain(film.id);
    say(`${film.name} waits to be read again.`);
  } catch (error) {
    say(sentence(error), "bad");
  }
}

export async function remove(film: FilmItem): Promise<void> {
  deleting.value = null;
  try {
    await deleteFilm(film.id);
    films.value = films.peek().filter((other) => other.id !== film.id);
    say(`${film.name} is deleted.`);
    refresh();
  } catch (error) {
    say(sentence(error), "bad");
  }
}
