/** The detail of an audit line in one line: "role: reader → admin, active: false". */
export function detailText(detail: Record<string, unknown>): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${valueText(value)}`)
    .join(", ");
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(" → ");
  if (value !== null && typeof value === "object") return JSON.stringify(value);
  return String(value);
}
