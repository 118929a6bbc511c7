import { useState } from "preact/hooks";
import { getWaysIn, OIDC_START } from "../api";
import { Mark } from "../parts/Icon";
import { sentence, useLoaded } from "../parts/useLoaded";
import { navigate, route } from "../router";
import { enter } from "./session";

/** Also where the address is a film's: after signing in, one is where one wanted to be. */
export function SignIn() {
  const ways = useLoaded(getWaysIn, []);
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setFault(null);
    try {
      await enter(String(data.get("name") ?? ""), String(data.get("password") ?? ""));
      if (route.peek().name === "sign-in") navigate("/", { replace: true });
    } catch (error) {
      setFault(sentence(error));
      setBusy(false);
    }
  };
  return (
    <main class="sign-in">
      <form class="card stack" onSubmit={(event) => void submit(event)} aria-labelledby="sign-in">
        <p class="brand">
          <Mark /> Spondyl
        </p>
        <h1 id="sign-in" class="hidden-visually">
          Sign in to the reading room
        </h1>
        <div class="field">
          <label for="name">Name</label>
          <input id="name" name="name" autocomplete="username" autocapitalize="none" required autofocus />
        </div>
        <div class="field">
          <label for="password">Password</label>
          <input id="password" name="password" type="password" autocomplete="current-password" required />
        </div>
        {fault && (
          <p role="alert" class="fault">
            {fault}
          </p>
        )}
        <button type="submit" class="button primary" disabled={busy}>
          {busy ? "Signing in …" : "Sign in"}
        </button>
        {ways.value?.oidc && (
          <a class="button" href={OIDC_START}>
            {ways.value.oidc_label || "Sign in with your institution"}
          </a>
        )}
        <p class="hint">For research use, not for diagnosis.</p>
      </form>
    </main>
  );
}
