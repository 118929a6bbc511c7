import { useEffect, useRef, useState } from "preact/hooks";
import { Status } from "../parts/Status";
import { sentence } from "../parts/useLoaded";
import { filmPath, navigate } from "../router";
import { chosen } from "../worklist/store";
import { shownInViewer } from "./theme";
import { loadViewer } from "./viewerModule";

/** The viewer's room. Its code is fetched with the first film, so that the worklist is there at once. */
export function FilmPage({ id, project }: { id: string; project: string | null }) {
  const host = useRef<HTMLDivElement>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let viewer: { dispose(): void } | null = null;
    let gone = false;
    chosen.value = id;
    setFault(null);
    loadViewer()
      .then(({ mountViewer }) => {
        if (gone || !host.current) return;
        const onNavigate = (to: string) => navigate(filmPath(to, project), { replace: true });
        viewer = mountViewer(host.current, id, project ? { project, onNavigate } : { onNavigate });
        setReady(true);
      })
      .catch((error: unknown) => setFault(sentence(error)));
    return () => {
      gone = true;
      viewer?.dispose();
    };
  }, [id, project]);
  return (
    <main id="main" tabIndex={-1} class="viewer-host" data-theme={shownInViewer.value}>
      {(fault || !ready) && <Status loading={!ready} fault={fault} />}
      <div ref={host} style={{ height: "100%" }} />
    </main>
  );
}
