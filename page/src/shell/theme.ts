/** Light, dark, or as the system has it; remembered in this browser. */
import { computed, effect, signal } from "@preact/signals";

export type Theme = "system" | "dark" | "light";
export const THEMES: readonly Theme[] = ["system", "dark", "light"];

const PLACE = "spondyl-theme";

function remembered(): Theme {
  try {
    const value = localStorage.getItem(PLACE);
    return THEMES.find((theme) => theme === value) ?? "system";
  } catch {
    // A browser that keeps nothing: the system's theme then.
    return "system";
  }
}

export const theme = signal<Theme>(remembered());
const systemIsLight = matchMedia("(prefers-color-scheme: light)");
const light = signal(systemIsLight.matches);

export const shown = computed<"dark" | "light">(() =>
  theme.value === "system" ? (light.value ? "light" : "dark") : theme.value,
);
/** Films are read in a dark room: the viewer is light only where light was asked for. */
export const shownInViewer = computed<"dark" | "light">(() =>
  theme.value === "light" ? "light" : "dark",
);

export function choose(next: Theme): void {
  theme.value = next;
  try {
    localStorage.setItem(PLACE, next);
  } catch {
    // See remembered().
  }
}

export function nextTheme(current: Theme): Theme {
  return THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? "system";
}

export function startTheme(): void {
  systemIsLight.addEventListener("change", () => {
    light.value = systemIsLight.matches;
  });
  effect(() => {
    document.documentElement.dataset["theme"] = shown.value;
  });
}
