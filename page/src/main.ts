import "./styles/tokens.css";
import "./styles/base.css";
import { h, render } from "preact";
import { startKeys } from "./keys";
import { startRouter } from "./router";
import { App } from "./shell/App";

startRouter();
startKeys();
const host = document.getElementById("app");
if (host) render(h(App, {}), host);
