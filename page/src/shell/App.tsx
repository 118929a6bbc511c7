import { useEffect } from "preact/hooks";
import { Users } from "../admin/Users";
import { useKeys } from "../parts/useKeys";
import { ProjectPage } from "../projects/ProjectPage";
import { Projects } from "../projects/Projects";
import { Quality } from "../quality/Quality";
import { navigate, route, type Route } from "../router";
import { DropZone } from "../worklist/DropZone";
import { followRoom, startWorklist } from "../worklist/store";
import { TakingPanel } from "../worklist/TakingPanel";
import { taking } from "../worklist/upload";
import { Worklist } from "../worklist/Worklist";
import { About } from "./About";
import { Account } from "./Account";
import { FilmPage } from "./FilmPage";
import { Header } from "./Header";
import { Help } from "./Help";
import { Notices } from "./Notices";
import { overlay } from "./overlays";
import { Unreachable } from "./Unreachable";
import { session, unreachable } from "./session";
import { SignIn } from "./SignIn";
import { useTitle } from "./title";
import { loadViewerSoon } from "./viewerModule";

function Room({ at }: { at: Route }) {
  switch (at.name) {
    case "worklist":
      return <Worklist />;
    case "film":
      return <FilmPage id={at.id} project={at.project} />;
    case "projects":
      return <Projects />;
    case "project":
      return <ProjectPage key={at.id} id={at.id} />;
    case "quality":
      return <Quality />;
    case "users":
      return <Users />;
    case "sign-in":
      return null;
    case "unknown":
      return (
        <main class="page" id="main" tabIndex={-1}>
          <h1>There is nothing at {at.path}</h1>
          <p>
            <a href="/">To the worklist</a>
          </p>
        </main>
      );
  }
}

function Inside() {
  const at = route.value;
  useTitle(at);
  useEffect(() => {
    const stops = [followRoom(), loadViewerSoon()];
    return () => {
      for (const stop of stops) stop();
      taking.value = null;
    };
  }, []);
  useKeys("Everywhere", [
    { keys: "?", label: "This list of keys", run: () => (overlay.value = "help") },
  ]);
  useEffect(() => {
    if (at.name === "worklist") void startWorklist();
    if (at.name === "sign-in") navigate("/", { replace: true });
  }, [at.name]);
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header />
      <div class="body">
        <Room at={at} />
      </div>
      <DropZone />
      <TakingPanel />
    </div>
  );
}

export function App() {
  const now = session.value;
  return (
    <>
      {unreachable.value ? (
        <Unreachable sentence={unreachable.value} />
      ) : now === null ? (
        <SignIn />
      ) : (
        // While it is not known who is signed in, the room's first list is asked for already.
        <Inside />
      )}
      <Notices />
      {overlay.value === "help" && <Help />}
      {overlay.value === "about" && <About />}
      {overlay.value === "account" && now && <Account user={now.user} />}
    </>
  );
}
