/** A labelled choice that gives the keys back to the viewer once it was used with the mouse. */
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

interface PickProps {
  label: string;
  value: string | number;
  disabled: boolean;
  /** False: refused; the box shows its old value again. */
  onPick(value: string): boolean;
  children: ComponentChildren;
}

export function Pick({ label, value, disabled, onPick, children }: PickProps) {
  /** A hand on the mouse has chosen once it chose; one on the keys may go on with the arrows. */
  const byMouse = useRef(false);
  return (
    <label>
      {label}
      <select
        value={value}
        disabled={disabled}
        onPointerDown={() => (byMouse.current = true)}
        onKeyDown={() => (byMouse.current = false)}
        onChange={(event) => {
          const box = event.currentTarget;
          if (!onPick(box.value)) box.value = String(value);
          if (byMouse.current) box.blur();
        }}
      >
        {children}
      </select>
    </label>
  );
}
