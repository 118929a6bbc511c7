import { useState } from "preact/hooks";
import { changeUser } from "../api";
import { day } from "../format";
import { sentence } from "../parts/useLoaded";
import { say } from "../shell/notices";
import type { Role, UserChange, UserItem } from "../types";
import { PasswordDialog } from "./UserDialog";

export const ROLES: readonly { name: Role; label: string }[] = [
  { name: "reader", label: "Reader" },
  { name: "labeller", label: "Labeller" },
  { name: "admin", label: "Administrator" },
];

function waysOf(user: UserItem): string {
  const ways = [user.has_password ? "password" : "", user.oidc ? "institution" : ""];
  return ways.filter(Boolean).join(", ") || "none yet";
}

interface LineProps {
  user: UserItem;
  onChange(to: UserChange): void;
  onPassword(): void;
}

function Line({ user, onChange, onPassword }: LineProps) {
  return (
    <tr>
      <td>
        <strong>{user.name}</strong>
        {user.full_name && <span class="soft"> {user.full_name}</span>}
      </td>
      <td>
        <select
          class="narrow"
          aria-label={`Role of ${user.name}`}
          value={user.role}
          onChange={(event) => onChange({ role: event.currentTarget.value as Role })}
        >
          {ROLES.map((role) => (
            <option key={role.name} value={role.name}>
              {role.label}
            </option>
          ))}
        </select>
      </td>
      <td>
        <span class={`badge ${user.active ? "sev-0" : "sev-none"}`}>
          {user.active ? "Active" : "Inactive"}
        </span>
      </td>
      <td>{waysOf(user)}</td>
      <td class="number">{day(user.created_at)}</td>
      <td>
        <div class="cluster">
          <button
            type="button"
            class="button"
            aria-label={`Set the password of ${user.name}`}
            onClick={onPassword}
          >
            Password
          </button>
          <button
            type="button"
            class="button"
            aria-label={`${user.active ? "Deactivate" : "Activate"} ${user.name}`}
            onClick={() => onChange({ active: !user.active })}
          >
            {user.active ? "Deactivate" : "Activate"}
          </button>
        </div>
      </td>
    </tr>
  );
}

export function UserTable({ users, onChanged }: { users: UserItem[]; onChanged(): void }) {
  const [password, setPassword] = useState<UserItem | null>(null);
  const change = async (user: UserItem, to: UserChange) => {
    try {
      await changeUser(user.id, to);
      say(`${user.name} is changed.`, "good");
    } catch (error) {
      say(sentence(error), "bad");
    }
    onChanged();
  };
  return (
    <div class="table-scroll">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">User</th>
            <th scope="col">Role</th>
            <th scope="col">State</th>
            <th scope="col">Signs in by</th>
            <th scope="col" class="number">
              Since
            </th>
            <th scope="col">
              <span class="hidden-visually">Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <Line
              key={user.id}
              user={user}
              onChange={(to) => void change(user, to)}
              onPassword={() => setPassword(user)}
            />
          ))}
        </tbody>
      </table>
      {password && (
        <PasswordDialog
          user={password}
          onClose={() => setPassword(null)}
          onDone={() => {
            setPassword(null);
            onChanged();
          }}
        />
      )}
    </div>
  );
}
