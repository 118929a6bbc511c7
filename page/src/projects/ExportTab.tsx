import { useState } from "preact/hooks";
import { exportProject } from "../api";
import { Icon } from "../parts/Icon";
import { EXPORT_FORMATS, type ExportFormat, type Project } from "../types";

const FORMAT_TEXT: Record<ExportFormat, string> = {
  spondyl: "spondyl.dataset/1, to train on",
  coco: "COCO keypoints",
  labelme: "LabelMe",
  cvat: "CVAT",
  via: "VIA",
  labelstudio: "Label Studio",
  buu: "BUU-LSPINE",
};

export function ExportTab({ project }: { project: Project }) {
  const [format, setFormat] = useState<ExportFormat>("spondyl");
  const [pictures, setPictures] = useState(true);
  const [include, setInclude] = useState<"done" | "decided">("done");
  const { done, read_once, disagreed } = project.counts;
  const ready = include === "done" ? done : done + read_once + disagreed;
  return (
    <div class="card stack export">
      <div class="field">
        <label for="format">Format</label>
        <select
          id="format"
          value={format}
          onChange={(event) => setFormat(event.currentTarget.value as ExportFormat)}
        >
          {EXPORT_FORMATS.map((one) => (
            <option key={one} value={one}>
              {FORMAT_TEXT[one]}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for="include">Films</label>
        <select
          id="include"
          value={include}
          onChange={(event) => setInclude(event.currentTarget.value as "done" | "decided")}
        >
          <option value="done">Done: readers agree, or it was settled</option>
          <option value="decided">Also those that one reader has decided</option>
        </select>
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={pictures}
          onChange={(event) => setPictures(event.currentTarget.checked)}
        />
        With the films themselves
      </label>
      {ready > 0 ? (
        <p>
          <a
            class="button primary"
            href={exportProject(project.id, format, { pictures, include })}
            download
          >
            <Icon name="download" /> Download the zip
          </a>
        </p>
      ) : (
        <p class="soft">No film is that far yet; there is nothing to export.</p>
      )}
      {format === "spondyl" && (
        <p class="hint">
          The zip holds a recipe beside the data set; its first lines say with which one command the
          networks are trained on.
        </p>
      )}
    </div>
  );
}
