import { useState } from "preact/hooks";
import { changeProject, getProjectPeople, setMembers } from "../api";
import { sentence, useLoaded } from "../parts/useLoaded";
import { say } from "../shell/notices";
import type { MemberRole, Person, Project } from "../types";

const ROLES: Record<MemberRole, string> = { labeller: "Labels", adjudicator: "Labels and settles" };

async function save(change: () => Promise<unknown>, then: () => void): Promise<void> {
  try {
    await change();
    then();
  } catch (error) {
    say(sentence(error), "bad");
  }
}

interface Props {
  project: Project;
  onChanged(): void;
}

function Add({ project, onChanged }: Props) {
  const people = useLoaded(() => getProjectPeople(project.id), [project.id]);
  const [who, setWho] = useState("");
  const members = new Set(project.members.map((member) => member.user_id));
  const others = (people.value?.items ?? []).filter((person: Person) => !members.has(person.id));
  const add = () =>
    save(() => setMembers(project.id, [...project.members, { user_id: who, role: "labeller" }]), () => {
      setWho("");
      onChanged();
    });
  return (
    <div class="cluster">
      <label class="hidden-visually" for="add-member">
        Add a member
      </label>
      <select
        id="add-member"
        class="narrow"
        value={who}
        onChange={(event) => setWho(event.currentTarget.value)}
      >
        <option value="">Choose somebody …</option>
        {others.map((person) => (
          <option key={person.id} value={person.id}>
            {person.full_name || person.name}
          </option>
        ))}
      </select>
      <button type="button" class="button" disabled={!who} onClick={() => void add()}>
        Add to the project
      </button>
    </div>
  );
}

export function MembersTab({ project, onChanged }: Props) {
  const manage = project.may_manage;
  const put = (members: { user_id: string; role: MemberRole }[]) =>
    save(() => setMembers(project.id, members), onChanged);
  return (
    <div class="stack">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Member</th>
            <th scope="col">Does what</th>
            {manage && (
              <th scope="col">
                <span class="hidden-visually">Remove</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {project.members.map((member) => {
            const name = member.full_name || member.name;
            return (
              <tr key={member.user_id}>
                <td>{name}</td>
                <td>
                  {manage ? (
                    <select
                      class="narrow"
                      aria-label={`What ${name} does`}
                      value={member.role}
                      onChange={(event) => {
                        const role = event.currentTarget.value as MemberRole;
                        void put(
                          project.members.map((one) =>
                            one.user_id === member.user_id ? { ...one, role } : one,
                          ),
                        );
                      }}
                    >
                      <option value="labeller">{ROLES.labeller}</option>
                      <option value="adjudicator">{ROLES.adjudicator}</option>
                    </select>
                  ) : (
                    ROLES[member.role]
                  )}
                </td>
                {manage && (
                  <td class="number">
                    <button
                      type="button"
                      class="button"
                      aria-label={`Remove ${name}`}
                      onClick={() =>
                        void put(project.members.filter((one) => one.user_id !== member.user_id))
                      }
                    >
                      Remove
                    </button>
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
      {manage && (
        <div class="cluster spread">
          <Add project={project} onChanged={onChanged} />
          <button
            type="button"
            class="button"
            onClick={() =>
              void save(() => changeProject(project.id, { closed: !project.closed }), onChanged)
            }
          >
            {project.closed ? "Open the project again" : "Close the project"}
          </button>
        </div>
      )}
      <p class="hint">
        Readers are blind to each other until all of a film's readers have decided. Who settles
        sees where two readers differ. Decisions of former members stay.
      </p>
    </div>
  );
}
