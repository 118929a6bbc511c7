import { useEffect, useState } from "preact/hooks";
import { getProject, live, nextProjectFilm } from "../api";
import { many } from "../format";
import { Status } from "../parts/Status";
import { Tabs, type Tab } from "../parts/Tabs";
import { useKeys } from "../parts/useKeys";
import { sentence, useLoaded } from "../parts/useLoaded";
import { filmPath, navigate } from "../router";
import { say } from "../shell/notices";
import "../styles/projects.css";
import type { Project } from "../types";
import { AgreementTab } from "./AgreementTab";
import { ExportTab } from "./ExportTab";
import { ImportTab } from "./ImportTab";
import { MembersTab } from "./MembersTab";
import { Progress } from "./Progress";
import { QueueTab } from "./QueueTab";

async function label(project: Project): Promise<void> {
  try {
    const { film_id } = await nextProjectFilm(project.id);
    if (film_id) navigate(filmPath(film_id, project.id));
    else say("No film of this project waits for you.", "good");
  } catch (error) {
    say(sentence(error), "bad");
  }
}

function Panel({ tab, project, again }: { tab: string; project: Project; again: () => void }) {
  switch (tab) {
    case "agreement":
      return <AgreementTab project={project} />;
    case "members":
      return <MembersTab project={project} onChanged={again} />;
    case "import":
      return <ImportTab project={project} onChanged={again} />;
    case "export":
      return <ExportTab project={project} />;
    default:
      return <QueueTab project={project} />;
  }
}

export function ProjectPage({ id }: { id: string }) {
  const { value: project, loading, fault, again } = useLoaded(() => getProject(id), [id]);
  const [tab, setTab] = useState("queue");
  useEffect(() => live("decision", () => again()), [again]);
  useKeys(
    "Project",
    [{ keys: "n", label: "Label the next film", run: () => project && void label(project) }],
    [project],
  );
  if (!project) {
    return (
      <main class="page" id="main" tabIndex={-1}>
        <Status loading={loading} fault={fault} again={again} />
      </main>
    );
  }
  const tabs: Tab[] = [
    { name: "queue", label: "Films" },
    { name: "agreement", label: "Agreement" },
    { name: "members", label: "Members" },
    ...(project.may_manage ? [{ name: "import", label: "Add films" }] : []),
    { name: "export", label: "Export" },
  ];
  return (
    <main class="page" id="main" tabIndex={-1}>
      <header>
        <div>
          <p class="small">
            <a href="/projects">Projects</a>
          </p>
          <h1>
            {project.name}{" "}
            {project.closed && <span class="badge plain sev-none">Closed</span>}
          </h1>
          <p class="soft">
            {project.readers_per_film === 2 ? "Two readers a film" : "One reader a film"} ·{" "}
            {project.levels.join(", ") || "T11 to L5"} · {many(project.members.length, "member")}
          </p>
        </div>
        {project.my_role && !project.closed && (
          <button type="button" class="button primary" onClick={() => void label(project)}>
            Label the next film <kbd>n</kbd>
          </button>
        )}
      </header>
      {project.description && <p class="prose">{project.description}</p>}
      <Progress counts={project.counts} />
      <Tabs label="Project" tabs={tabs} chosen={tab} onChoose={setTab}>
        <Panel tab={tab} project={project} again={again} />
      </Tabs>
    </main>
  );
}
