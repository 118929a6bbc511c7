/** Landis and Koch's words for a kappa (1977, Biometrics 33:159); a habit, not a law. */
export function kappaWords(kappa: number | null): string {
  if (kappa === null) return "not to be computed";
  if (kappa < 0) return "poor";
  if (kappa <= 0.2) return "slight";
  if (kappa <= 0.4) return "fair";
  if (kappa <= 0.6) return "moderate";
  if (kappa <= 0.8) return "substantial";
  return "almost perfect";
}
