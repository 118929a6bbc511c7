import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/shell.css";
import { h, render } from "preact";
import { startKeys } from "./keys";
import { startRouter } from "./router";
import { App } from "./shell/App";
import { startSession } from "./shell/session";
import { startTheme } from "./shell/theme";

startTheme();
startRouter();
startKeys();
void startSession();
const host = document.getElementById("app");
if (host) render(h(App, {}), host);
