import { useState } from "preact/hooks";
import { getUsers } from "../api";
import { Icon } from "../parts/Icon";
import { Status } from "../parts/Status";
import { Tabs } from "../parts/Tabs";
import { useLoaded } from "../parts/useLoaded";
import { mayAdminister, session } from "../shell/session";
import "../styles/projects.css";
import { AuditTrail } from "./AuditTrail";
import { UserDialog } from "./UserDialog";
import { UserTable } from "./UserTable";

const TABS = [
  { name: "users", label: "Users" },
  { name: "audit", label: "Audit trail" },
] as const;

function UserList() {
  const [adding, setAdding] = useState(false);
  const { value, loading, fault, again } = useLoaded(getUsers, []);
  return (
    <div class="stack">
      <div class="cluster spread">
        <p class="soft">
          Readers read films; labellers also make projects; administrators see all of this.
        </p>
        <button type="button" class="button primary" onClick={() => setAdding(true)}>
          <Icon name="add" /> Add a user
        </button>
      </div>
      <Status loading={loading && !value} fault={fault} again={again} />
      {value && <UserTable users={value.items} onChanged={again} />}
      {adding && (
        <UserDialog
          onClose={() => setAdding(false)}
          onDone={() => {
            setAdding(false);
            again();
          }}
        />
      )}
    </div>
  );
}

export function Users() {
  const [tab, setTab] = useState("users");
  if (session.value && !mayAdminister.value) {
    return (
      <main class="page" id="main" tabIndex={-1}>
        <h1>Users</h1>
        <p>Only administrators see this.</p>
      </main>
    );
  }
  return (
    <main class="page" id="main" tabIndex={-1}>
      <h1>Users and audit trail</h1>
      <Tabs label="Administration" tabs={TABS} chosen={tab} onChoose={setTab}>
        {tab === "users" ? <UserList /> : <AuditTrail />}
      </Tabs>
    </main>
  );
}
