import { filterSearch } from "../worklist/query";
import { Icon, Mark } from "../parts/Icon";
import { route } from "../router";
import { BeingRead } from "./BeingRead";
import { overlay } from "./overlays";
import { leave, mayAdminister, session } from "./session";
import { choose, nextTheme, theme } from "./theme";

const THEME_ICON = { system: "screen", dark: "moon", light: "sun" } as const;

function Place({ href, label, here }: { href: string; label: string; here: boolean }) {
  return (
    <li>
      <a href={href} aria-current={here ? "page" : undefined}>
        {label}
      </a>
    </li>
  );
}

export function Header() {
  const now = route.value;
  // A project's film belongs to its project.
  const at = now.name === "film" && now.project ? "project" : now.name;
  const user = session.value?.user;
  return (
    <header class="top">
      <a class="brand" href="/" aria-label="Spondyl, to the worklist">
        <Mark /> <span>Spondyl</span>
      </a>
      <nav aria-label="Rooms">
        <ul>
          <Place href={`/${filterSearch.value}`} label="Worklist" here={at === "worklist" || at === "film"} />
          <Place href="/projects" label="Projects" here={at === "projects" || at === "project"} />
          <Place href="/quality" label="Quality" here={at === "quality"} />
          {mayAdminister.value && <Place href="/users" label="Users" here={at === "users"} />}
        </ul>
      </nav>
      <div class="right">
        <BeingRead />
        <button
          type="button"
          class="icon-button"
          title={`Colours: ${theme.value}`}
          aria-label={`Colours: ${theme.value}. Change.`}
          onClick={() => choose(nextTheme(theme.peek()))}
        >
          <Icon name={THEME_ICON[theme.value]} />
        </button>
        <button
          type="button"
          class="icon-button"
          title="Keys (?)"
          aria-label="Keys"
          onClick={() => (overlay.value = "help")}
        >
          <Icon name="help" />
        </button>
        <button
          type="button"
          class="icon-button"
          title="About"
          aria-label="About"
          onClick={() => (overlay.value = "about")}
        >
          <Icon name="info" />
        </button>
        {user && session.value?.sign_in_required && (
          <>
            <span class="who">
              <button type="button" class="account" onClick={() => (overlay.value = "account")}>
                {user.full_name || user.name}
              </button>
            </span>
            <button
              type="button"
              class="icon-button"
              title="Sign out"
              aria-label="Sign out"
              onClick={() => void leave()}
            >
              <Icon name="out" />
            </button>
          </>
        )}
      </div>
    </header>
  );
}
