import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { addUser, changeUser } from "../api";
import { Dialog } from "../parts/Dialog";
import { sentence } from "../parts/useLoaded";
import type { Role, UserItem } from "../types";
import { ROLES } from "./UserTable";

interface FormProps {
  title: string;
  button: string;
  send(data: FormData): Promise<unknown>;
  onClose(): void;
  onDone(): void;
  children: ComponentChildren;
}

function FormDialog({ title, button, send, onClose, onDone, children }: FormProps) {
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await send(new FormData(event.currentTarget as HTMLFormElement));
      onDone();
    } catch (error) {
      setFault(sentence(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        {children}
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
            {button}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

interface Props {
  onClose(): void;
  onDone(): void;
}

const text = (data: FormData, name: string): string => String(data.get(name) ?? "");

export function UserDialog(props: Props) {
  const send = (data: FormData) => {
    const password = text(data, "password");
    return addUser({
      name: text(data, "name").trim(),
      full_name: text(data, "full_name").trim(),
      role: text(data, "role") as Role,
      ...(password ? { password } : {}),
    });
  };
  return (
    <FormDialog title="Add a user" button="Add" send={send} {...props}>
      <div class="field">
        <label for="user-name">Name to sign in with</label>
        <input id="user-name" name="name" required maxLength={64} autocomplete="off" />
      </div>
      <div class="field">
        <label for="user-full-name">Full name</label>
        <input id="user-full-name" name="full_name" maxLength={200} autocomplete="off" />
      </div>
      <div class="field">
        <label for="user-role">Role</label>
        <select id="user-role" name="role">
          {ROLES.map((role) => (
            <option key={role.name} value={role.name}>
              {role.label}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for="user-password">Password</label>
        <input id="user-password" name="password" type="password" autocomplete="new-password" />
        <p class="hint">Leave it empty for somebody who signs in with the institution.</p>
      </div>
    </FormDialog>
  );
}

export function PasswordDialog({ user, ...props }: Props & { user: UserItem }) {
  const send = (data: FormData) => changeUser(user.id, { password: text(data, "password") });
  return (
    <FormDialog title={`Password of ${user.name}`} button="Set" send={send} {...props}>
      <div class="field">
        <label for="new-password">New password</label>
        <input
          id="new-password"
          name="password"
          type="password"
          autocomplete="new-password"
          required
        />
        <p class="hint">Everywhere {user.name} is signed in ends with it.</p>
      </div>
    </FormDialog>
  );
}
