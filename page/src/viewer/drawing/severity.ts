/** How a body looks and what is said of it: severity by colour, line and words together. */
import { isJudged, type Level } from "./levels";
import type { Body } from "./document";

export type Severity = "normal" | "mild" | "moderate" | "severe" | "unknown";

const BY_GRADE: readonly Severity[] = ["normal", "mild", "moderate", "severe"];

export function severityOf(body: Body, level: Level): Severity {
  if (!isJudged(level) || body.status === "unknown") return "unknown";
  if (body.status === "normal") return "normal";
  return BY_GRADE[body.grade || 1]!;
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** A probability: never "0 %" or "100 %", which no model knows. */
export function chance(probability: number): string {
  if (probability < 0.005) return "<1 %";
  if (probability > 0.995) return ">99 %";
  return percent(probability);
}

/** The judgement in words, e.g. "grade 2 wedge", "normal", "not judged". */
export function judgementWords(body: Body, level: Level): string {
  if (level === "S1") return "numbering only";
  if (body.status === "unknown") return "not judged";
  if (body.status === "normal") return "normal";
  return ["grade", body.grade || 1, body.shape ?? ""].join(" ").trim();
}

/** The second line of a label in the picture: probability and, for a fracture, its grade. */
export function labelWords(body: Body, level: Level): string {
  if (level === "S1") return "";
  const parts: string[] = [];
  if (body.status === "fractured") parts.push(judgementWords(body, level));
  if (body.status === "unknown") parts.push("not judged");
  if (body.origin === "reader") parts.push("edited");
  else if (body.model && body.model.assessable) parts.push(chance(body.model.probability));
  return parts.join(" · ");
}

/** All of it for a screen reader. */
export function spokenName(body: Body, level: Level): string {
  const said = body.model?.assessable
    ? `, model ${chance(body.model.probability)}`
    : body.model
      ? ", not assessed by the model"
      : ", drawn by a reader";
  return `${level}, ${judgementWords(body, level)}${said}`;
}
