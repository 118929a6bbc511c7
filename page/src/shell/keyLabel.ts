const WORDS: Record<string, string> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  Control: "Ctrl",
  Delete: "Del",
  " ": "Space",
};

/** How a key's name is written for people: "Control+z" is "Ctrl z". */
export function keyLabel(name: string): string {
  if (name === "+") return "+";
  return name
    .split("+")
    .map((part) => WORDS[part] ?? part)
    .join(" ");
}
