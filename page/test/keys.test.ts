import { describe, expect, it } from "vitest";
import { find, type KeyGroup, nameOf } from "../src/keys";
import { keyLabel } from "../src/shell/keyLabel";

const press = (key: string, held: Partial<Record<"ctrlKey" | "altKey" | "shiftKey", boolean>> = {}) =>
  nameOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

describe("names of keys", () => {
  it("say what is held", () => {
    expect(press("z", { ctrlKey: true })).toBe("Control+z");
    expect(press("ArrowDown", { shiftKey: true })).toBe("Shift+ArrowDown");
  });
  it("leave shift to the letter", () => {
    expect(press("?", { shiftKey: true })).toBe("?");
    expect(press("J", { shiftKey: true })).toBe("J");
  });
  it("are letters where the third level of a keyboard makes them", () => {
    const held = { ctrlKey: true, altKey: true, metaKey: false, shiftKey: false };
    const event = { ...held, key: "[", getModifierState: (name: string) => name === "AltGraph" };
    expect(nameOf(event)).toBe("[");
    expect(nameOf({ ...event, getModifierState: () => false })).toBe("Control+Alt+[");
  });
  it("are written for people", () => {
    expect(keyLabel("Control+z")).toBe("Ctrl z");
    expect(keyLabel("ArrowDown")).toBe("↓");
  });
});

describe("bindings", () => {
  const group = (title: string, keys: string | string[]): KeyGroup => ({
    title,
    bindings: [{ keys, label: title, run: () => {} }],
  });
  const all = [group("old", ["j", "ArrowDown"]), group("new", "j")];
  it("are looked up in the youngest group first", () => {
    expect(find(all, "j")?.label).toBe("new");
    expect(find(all, "ArrowDown")?.label).toBe("old");
  });
  it("are not invented", () => {
    expect(find(all, "x")).toBeNull();
  });
});
