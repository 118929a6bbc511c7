/** What the worklist says of a film, in one word and one colour. Pure functions. */
import type { FilmItem } from "../types";

export interface Finding {
  /** Class of colour in controls.css. */
  tone: "sev-3" | "sev-2" | "sev-1" | "sev-0" | "sev-unsure" | "sev-none";
  text: string;
  /** A sentence more, for those who stop at it. */
  detail: string;
}

type Told = Pick<
  FilmItem,
  "state" | "reason" | "fractured" | "unsure" | "assessable" | "levels" | "suspicion" | "status"
>;

export function finding(film: Told): Finding {
  if (film.state === "queued") return { tone: "sev-none", text: "Waiting", detail: "Waits to be read." };
  if (film.state === "reading") return { tone: "sev-none", text: "Reading …", detail: "Is being read." };
  if (film.state === "failed") {
    return { tone: "sev-2", text: "Failed", detail: film.reason ?? "Could not be read." };
  }
  // A correction outranks what the model said: the levels are the reader's then. With none of
  // them the reader may also have found the film not assessable, so it is not called sound.
  if (film.status === "corrected") {
    if (film.levels.length > 0) return fracture(film.levels, "Corrected: fractured");
    return { tone: "sev-none", text: "None marked", detail: "Corrected: no body is marked as fractured." };
  }
  if (film.status === "rejected") {
    return { tone: "sev-none", text: "Turned down", detail: "The reader turned the reading down." };
  }
  if (film.assessable === false) {
    return {
      tone: "sev-none",
      text: "Not assessable",
      detail: film.reason ?? "The program does not judge this film.",
    };
  }
  if (film.fractured) return fracture(film.levels, "Looks fractured");
  if (film.unsure) {
    return { tone: "sev-unsure", text: "Unsure", detail: "Near the threshold: look twice." };
  }
  return { tone: "sev-0", text: "No fracture", detail: "No body looks fractured." };
}

function fracture(levels: readonly string[], called: string): Finding {
  const names = levels.join(", ");
  return {
    tone: "sev-3",
    text: names ? `Fracture ${names}` : "Fracture",
    detail: names ? `${called}: ${names}.` : "A fracture is likely.",
  };
}

/** Colour of the suspicion's bar. */
export function heat(suspicion: number | null, tone: Finding["tone"]): string {
  if (suspicion === null) return "var(--line-strong)";
  return `var(--${tone})`;
}

const STATUS = {
  unread: "Unread",
  accepted: "Accepted",
  corrected: "Corrected",
  rejected: "Rejected",
} as const;

export const statusText = (film: Pick<FilmItem, "status">): string => STATUS[film.status];
