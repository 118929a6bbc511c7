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

/** The browser asks for the list ahead of this code (the page's Link header), so that it is here by
 * now or will be soon: so little is waited for it, and frame and rows are drawn as one. */
const LIST_MS = 60;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

startTheme();
startRouter();
startKeys();
void startSession();
effect(() => {
  if (session.value === null) stopWorklist();
});
const host = document.getElementById("app");
const show = (): void => {
  if (host) render(h(App, {}), host);
};
// Asked for before anything is drawn, and before it is known who is signed in: the list is there
// the sooner, and the room itself refuses whoever is nobody.
if (route.peek().name === "worklist") void Promise.race([startWorklist(), pause(LIST_MS)]).then(show);
else show();
