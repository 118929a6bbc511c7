import { useState } from "preact/hooks";
import { getProjects } from "../api";
import { day, many } from "../format";
import { Icon } from "../parts/Icon";
import { Status } from "../parts/Status";
import { useLoaded } from "../parts/useLoaded";
import { navigate } from "../router";
import { role } from "../shell/session";
import "../styles/projects.css";
import type { Project } from "../types";
import { NewProjectDialog } from "./NewProject";
import { Progress } from "./Progress";

function Card({ project }: { project: Project }) {
  return (
    <li class="card project-card">
      <div class="cluster spread">
        <h2>
          <a href={`/projects/${project.id}`}>{project.name}</a>
        </h2>
        {project.closed && <span class="badge plain sev-none">Closed</span>}
      </div>
      {project.description && <p class="soft clamp">{project.description}</p>}
      <Progress counts={project.counts} />
      <p class="soft small">
        {project.readers_per_film === 2 ? "Two readers a film" : "One reader a film"} ·{" "}
        {many(project.members.length, "member")} · since {day(project.created_at)}
      </p>
    </li>
  );
}

export function Projects() {
  const [making, setMaking] = useState(false);
  const { value, loading, fault, again } = useLoaded(getProjects, []);
  const mayMake = role.value === "labeller" || role.value === "admin";
  return (
    <main class="page" id="main" tabIndex={-1}>
      <header>
        <h1>Labelling projects</h1>
        {mayMake && (
          <button type="button" class="button primary" onClick={() => setMaking(true)}>
            <Icon name="add" /> New project
          </button>
        )}
      </header>
      <Status loading={loading && !value} fault={fault} again={again} />
      {value && value.items.length === 0 && (
        <div class="empty">
          <h2>No projects yet</h2>
          <p>
            A project is a set of films that one or two readers label. Those of which the model is
            least sure come first.
          </p>
        </div>
      )}
      <ul class="project-cards">
        {value?.items.map((project) => (
          <Card key={project.id} project={project} />
        ))}
      </ul>
      {making && (
        <NewProjectDialog
          onClose={() => setMaking(false)}
          onMade={(project) => navigate(`/projects/${project.id}`)}
        />
      )}
    </main>
  );
}
