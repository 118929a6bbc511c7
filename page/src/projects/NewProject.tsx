import { useState } from "preact/hooks";
import { addProject } from "../api";
import { Dialog } from "../parts/Dialog";
import { sentence } from "../parts/useLoaded";
import { LEVELS, type Level, type Project } from "../types";

/** Levels that are asked for unless the project says otherwise. */
const USUAL: readonly Level[] = ["T11", "T12", "L1", "L2", "L3", "L4", "L5"];

interface Props {
  onClose(): void;
  onMade(project: Project): void;
}

export function NewProjectDialog({ onClose, onMade }: Props) {
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    try {
      const project = await addProject({
        name: String(data.get("name")),
        description: String(data.get("description") ?? ""),
        readers_per_film: data.get("readers") === "2" ? 2 : 1,
        levels: LEVELS.filter((level) => data.getAll("levels").includes(level)),
      });
      onMade(project);
    } catch (error) {
      setFault(sentence(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title="New project" onClose={onClose}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <div class="field">
          <label for="project-name">Name</label>
          <input id="project-name" name="name" required maxLength={200} autocomplete="off" />
        </div>
        <div class="field">
          <label for="project-description">What it is for</label>
          <textarea id="project-description" name="description" maxLength={5000} />
        </div>
        <fieldset class="plain-set">
          <legend class="label">Readers of each film</legend>
          <div class="cluster">
            <label class="check">
              <input type="radio" name="readers" value="1" /> One
            </label>
            <label class="check">
              <input type="radio" name="readers" value="2" defaultChecked /> Two, blind to each
              other
            </label>
          </div>
        </fieldset>
        <fieldset class="plain-set">
          <legend class="label">Levels</legend>
          <div class="cluster">
            {LEVELS.filter((level) => level !== "S1").map((level) => (
              <label class="check" key={level}>
                <input
                  type="checkbox"
                  name="levels"
                  value={level}
                  defaultChecked={USUAL.includes(level)}
                />{" "}
                {level}
              </label>
            ))}
          </div>
        </fieldset>
        {fault && (
          <p role="alert" class="fault">
            {fault}
          </p>
        )}
        <footer>
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={busy}>
            Make the project
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
