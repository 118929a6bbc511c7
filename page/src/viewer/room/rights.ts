/** Who may decide on a film, as far as the page can know. The server has the last word (403). */
import type { User } from "../../types";

/** Why this user only looks on; null where he may decide. */
export function whyReadOnly(user: User, project: string | null): string | null {
  if (user.role === "labeller" && !project) {
    return "Labellers decide on films inside their projects; here you can look only.";
  }
  return null;
}
