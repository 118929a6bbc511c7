import { Dialog } from "../parts/Dialog";
import { Status } from "../parts/Status";
import { useLoaded } from "../parts/useLoaded";
import { getAbout } from "../api";
import { overlay } from "./overlays";

/** What reads the films here, and what it is not for. */
export function About() {
  const about = useLoaded(getAbout, []);
  return (
    <Dialog title="About Spondyl" onClose={() => (overlay.value = null)}>
      <div class="about stack">
        <p class="warning-line">
          <strong>For research use, not for diagnosis.</strong> This program is no medical device.
          Whoever reads a film decides.
        </p>
        <p>
          Spondyl reads lateral lumbar spine radiographs: it names vertebral bodies, measures their
          heights and marks likely compression fractures. Films are read on this machine; this page
          asks no other for anything.
        </p>
        <Status loading={about.loading} fault={about.fault} />
        {about.value && (
          <dl>
            <dt>Program</dt>
            <dd class="mono">spondyl {about.value.version}</dd>
            <dt>Model</dt>
            <dd class="mono">
              {about.value.model
                ? `${about.value.model.name} ${about.value.model.version}`
                : "no film read yet"}
            </dd>
            {about.value.model && (
              <>
                <dt>Its SHA-256</dt>
                <dd class="mono">{about.value.model.sha256}</dd>
              </>
            )}
          </dl>
        )}
        <p class="small">
          <a href="/licences.txt" target="_blank" rel="noreferrer">
            Licences of the software in this page
          </a>
        </p>
      </div>
    </Dialog>
  );
}
