/** The tools over the film; each says its key. */
import type { ToolName } from "../stage/engine";
import type { FilmRoom } from "../room/room";
import { Icon, type IconName } from "./icons";

interface ButtonProps {
  icon: IconName;
  label: string;
  keyName: string;
  pressed?: boolean | undefined;
  disabled?: boolean | undefined;
  onClick(): void;
}

export function ToolButton({ icon, label, keyName, pressed, disabled, onClick }: ButtonProps) {
  return (
    <button
      type="button"
      class="tool"
      aria-label={label}
      aria-pressed={pressed}
      aria-keyshortcuts={keyName}
      title={`${label} (${keyName.length > 1 ? keyName : keyName.toUpperCase()})`}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
      <span class="tool-label" aria-hidden="true">{label}</span>
    </button>
  );
}

const TOOLS: { tool: ToolName; icon: IconName; label: string; key: string }[] = [
  { tool: "window", icon: "window", label: "Window", key: "w" },
  { tool: "zoom", icon: "zoom", label: "Zoom", key: "z" },
  { tool: "pan", icon: "pan", label: "Pan", key: "p" },
  { tool: "magnify", icon: "magnify", label: "Magnifier", key: "m" },
];

export function Toolbar({ room }: { room: FilmRoom }) {
  const { state } = room;
  const readOnly = state.readOnly.value !== null;
  return (
    <div class="tools" role="toolbar" aria-label="Film tools">
      <button type="button" class="tool" aria-label="Back" title="Back (Esc)" onClick={room.options.onBack}>
        <Icon name="back" />
      </button>
      <div class="tool-group" role="group" aria-label="Tool of the main mouse button">
        {TOOLS.map(({ tool, icon, label, key }) => (
          <ToolButton
            key={tool}
            icon={icon}
            label={label}
            keyName={key}
            pressed={state.tool.value === tool}
            onClick={() => room.setTool(tool)}
          />
        ))}
      </div>
      <div class="tool-group" role="group" aria-label="View">
        <ToolButton icon="fit" label="Fit" keyName="0" onClick={() => room.resetView()} />
        <ToolButton icon="invert" label="Invert" keyName="i" pressed={state.inverted.value}
          onClick={() => room.toggleInvert()} />
        <ToolButton icon="flip" label="Flip" keyName="f" pressed={state.flipped.value}
          onClick={() => room.toggleFlip()} />
        <ToolButton icon="bodies" label="Bodies" keyName="b" pressed={state.bodiesShown.value}
          onClick={() => room.toggleBodies()} />
        <ToolButton icon="compare" label="Compare" keyName="c" pressed={state.comparing.value}
          disabled={!state.film.value?.prior_id} onClick={() => void room.comparing.toggle()} />
      </div>
      <div class="tool-group" role="group" aria-label="Drawing">
        <ToolButton icon="draw" label="Draw" keyName="e" pressed={state.editing.value}
          disabled={readOnly} onClick={() => room.toggleEditing()} />
        <ToolButton icon="side" label="Posterior side" keyName="s" disabled={readOnly || !state.film.value}
          onClick={() => room.turnSide()} />
        <ToolButton icon="undo" label="Undo" keyName="u" disabled={state.history.value.past.length === 0}
          onClick={() => room.editing.undo()} />
        <ToolButton icon="redo" label="Redo" keyName="Shift+U" disabled={state.history.value.future.length === 0}
          onClick={() => room.editing.redo()} />
      </div>
    </div>
  );
}
