import { useState } from "preact/hooks";
import { changeOwnPassword } from "../api";
import { Dialog } from "../parts/Dialog";
import { sentence } from "../parts/useLoaded";
import type { User } from "../types";
import { say } from "./notices";
import { overlay } from "./overlays";
import { forget } from "./session";

/** Who one is here, and one's own password. */
export function Account({ user }: { user: User }) {
  const [fault, setFault] = useState<string | null>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(data.get(name) ?? "");
    if (text("new") !== text("again")) {
      setFault("The new password was not written the same twice.");
      return;
    }
    try {
      await changeOwnPassword(text("old"), text("new"));
      forget();
      say("The password is changed. Sign in with it.", "good");
    } catch (error) {
      setFault(sentence(error));
    }
  };
  return (
    <Dialog title={user.full_name || user.name} onClose={() => (overlay.value = null)}>
      <p class="soft">
        Signed in as <strong>{user.name}</strong>, {user.role}.
      </p>
      <form class="stack account-form" onSubmit={(event) => void submit(event)}>
        <div class="field">
          <label for="old-password">Password now</label>
          <input
            id="old-password"
            name="old"
            type="password"
            autocomplete="current-password"
            required
          />
        </div>
        <div class="field">
          <label for="own-password">New password</label>
          <input id="own-password" name="new" type="password" autocomplete="new-password" required />
        </div>
        <div class="field">
          <label for="own-password-again">New password, once more</label>
          <input
            id="own-password-again"
            name="again"
            type="password"
            autocomplete="new-password"
            required
          />
        </div>
        {fault && (
          <p role="alert" class="fault">
            {fault}
          </p>
        )}
        <footer>
          <button type="submit" class="button primary">
            Change the password
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
