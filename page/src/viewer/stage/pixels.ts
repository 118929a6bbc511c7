/** Films' pixels, kept for the film that is open and those a reader is about to open. */
import { getPixels } from "../../api";
import type { FilmPixels as Answer } from "../../types";

export interface FilmPixels extends Answer {
  readonly id: string;
  readonly lowest: number;
  readonly highest: number;
}

/** Films held at once: the open one, its neighbours, one to compare with, some to go back to. */
const MOST_FILMS = 8;

/** Least-recently-used store of promises, so that a prefetch and an opening share one request. */
export class PixelStore {
  private readonly held = new Map<string, Promise<FilmPixels>>();

  constructor(
    private readonly fetcher: (id: string) => Promise<Answer> = getPixels,
    private readonly onEvict: (id: string) => void = () => undefined,
    private readonly most = MOST_FILMS,
  ) {}

  get(id: string): Promise<FilmPixels> {
    const known = this.held.get(id);
    this.held.delete(id);
    const wanted = known ?? this.load(id);
    this.held.set(id, wanted);
    this.dropOldest();
    return wanted;
  }

  has(id: string): boolean {
    return this.held.has(id);
  }

  private load(id: string): Promise<FilmPixels> {
    const loading = this.fetcher(id).then((answer) => checked(id, answer));
    // A failed request must not be the answer for ever: the next opening asks again.
    loading.catch(() => {
      if (this.held.get(id) === loading) this.held.delete(id);
    });
    return loading;
  }

  private dropOldest(): void {
    while (this.held.size > this.most) {
      const oldest = this.held.keys().next().value as string;
      this.held.delete(oldest);
      this.onEvict(oldest);
    }
  }
}

/** A picture that can be shown, or a sentence why not. */
export function checked(id: string, answer: Answer): FilmPixels {
  const { rows, columns, values } = answer;
  if (!(rows > 0) || !(columns > 0) || values.length !== rows * columns) {
    throw new Error(
      `The film's picture is incomplete: ${values.length} pixels came for ${rows} rows of ` +
        `${columns}. Open the film again.`,
    );
  }
  const [lowest, highest] = rangeOf(values);
  // A width of 0 or none at all would show one grey; the film's own range shows everything.
  const told = answer.window_width >= 1 && Number.isFinite(answer.window_center);
  return {
    ...answer,
    id,
    lowest,
    highest,
    window_center: told ? answer.window_center : (lowest + highest) / 2,
    window_width: told ? answer.window_width : Math.max(1, highest - lowest),
  };
}

function rangeOf(values: Uint16Array): [number, number] {
  let lowest = 65535;
  let highest = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return [lowest, highest];
}
