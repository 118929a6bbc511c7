import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/shell.css";
import { effect } from "@preact/signals";
import { h, render } from "preact";
import { startKeys } from "./keys";
import { route, startRouter } from "./router";
import { App } from "./shell/App";
import { session, startSession } from "./shell/session";
import { startTheme } from "./shell/theme";
import { startWorklist, stopWorklist } from "./worklist/store";

startTheme();
startRouter();
startKeys();
void startSession();
effect(() => {
  if (session.value === null) stopWorklist();
});
// Asked for before anything is drawn, and before it is known who is signed in: the list is there
// the sooner, and the room itself refuses whoever is nobody.
if (route.peek().name === "worklist") startWorklist();
const host = document.getElementById("app");
if (host) render(h(App, {}), host);
