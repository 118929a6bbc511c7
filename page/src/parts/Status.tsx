interface Props {
  loading: boolean;
  fault: string | null;
  again?: () => void;
}

/** Waiting, or the sentence of what went wrong with a way to try again. */
export function Status({ loading, fault, again }: Props) {
  if (fault) {
    return (
      <p role="alert" class="cluster">
        <span class="fault">{fault}</span>
        {again && (
          <button type="button" class="button" onClick={again}>
            Try again
          </button>
        )}
      </p>
    );
  }
  return loading ? <p class="soft">Loading …</p> : null;
}
