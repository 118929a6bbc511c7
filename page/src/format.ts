/** Numbers and times as the page writes them. Pure functions. */

/** 0.874 as "87 %"; nothing known is a dash. */
export function percent(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return `${(value * 100).toFixed(digits)} %`;
}

/** A probability: never wholly sure, so ">99 %" and "<1 %" at its ends. */
export function probability(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value > 0.99) return ">99 %";
  if (value < 0.01) return "<1 %";
  return percent(value);
}

export function decimal(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  // A true minus sign, as wide as a digit.
  return value.toFixed(digits).replace("-", "−");
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** "1 film", "12 films". */
export function many(value: number, one: string, several = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : several}`;
}

/** How long ago, in the largest fitting unit: "just now", "5 min ago", "3 h ago", else the date. */
export function ago(iso: string | null | undefined, now: Date): string {
  if (!iso) return "–";
  const then = new Date(iso);
  const seconds = (now.getTime() - then.getTime()) / 1000;
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return day(iso);
}

/** The local day as 2026-03-01. */
export function day(iso: string | null | undefined): string {
  if (!iso) return "–";
  if (/^\d{4}-\d{2}-\d{2}$/.test(iso)) return iso;
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "–";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Local day and minute: 2026-03-01 14:05. */
export function moment(iso: string | null | undefined): string {
  if (!iso) return "–";
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "–";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${day(iso)} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** DICOM names are "Family^Given^Middle"; people read "Family, Given Middle". */
export function personName(value: string): string {
  const [family = "", ...given] = value.split("^").map((part) => part.trim());
  const rest = given.filter(Boolean).join(" ");
  return rest ? `${family}, ${rest}` : family;
}

/** "F 71", "M", "71", or a dash. */
export function sexAge(sex: string, age: number | null): string {
  return [sex, age === null ? "" : String(age)].filter(Boolean).join(" ") || "–";
}

export function bytes(value: number): string {
  if (value < 1e6) return `${Math.max(1, Math.round(value / 1e3))} kB`;
  return `${(value / 1e6).toFixed(value < 1e7 ? 1 : 0)} MB`;
}
