/** What a kappa and its agreement say, in words. */
import { many, percent } from "../format";
import type { AgreementKappa } from "../types";

/** Sums of shares are rarely whole to the last digit. */
const NEARLY = 1e-9;

/** Landis and Koch's words for a kappa (1977, Biometrics 33:159); a habit, not a law. */
export function kappaWords({ kappa, n }: Pick<AgreementKappa, "kappa" | "n">): string {
  if (kappa === null) {
    return n === 0 ? "no body that both readers judged" : "undefined: all bodies were called the same";
  }
  if (kappa > 1 - NEARLY) return "perfect agreement";
  if (kappa < 0) return "poor agreement, less than by chance";
  if (kappa <= 0.2) return "slight agreement";
  if (kappa <= 0.4) return "fair agreement";
  if (kappa <= 0.6) return "moderate agreement";
  if (kappa <= 0.8) return "substantial agreement";
  return "almost perfect agreement";
}

/** How often both readers said the same, whatever chance has to do with it. */
export function agreementWords(
  found: Pick<AgreementKappa, "n" | "table" | "positive_agreement" | "negative_agreement">,
): string {
  if (found.n === 0) return "Nothing to compare yet.";
  // Counted, for the agreement beside a weighted kappa is weighted, too.
  const same = found.table.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  const alone = [
    found.positive_agreement === null ? "" : `${percent(found.positive_agreement)} on fractured`,
    found.negative_agreement === null ? "" : `${percent(found.negative_agreement)} on normal bodies`,
  ].filter(Boolean);
  const parts = alone.length > 0 ? `; counted alone, ${alone.join(" and ")}` : "";
  return `The same on ${same} of ${many(found.n, "body", "bodies")} (${percent(same / found.n)})${parts}.`;
}
