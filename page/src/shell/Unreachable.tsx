import { startSession } from "./session";

export function Unreachable({ sentence }: { sentence: string }) {
  return (
    <main class="sign-in">
      <div class="card stack" role="alert">
        <h1>The room does not answer</h1>
        <p>{sentence}</p>
        <button type="button" class="button primary" onClick={() => void startSession()}>
          Try again
        </button>
      </div>
    </main>
  );
}
