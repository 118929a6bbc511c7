/** Writes the licences of all packages whose code is in the page beside it, and refuses others. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const PERMISSIVE = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "0BSD", "Zlib", "BSL-1.0"];

interface Package {
  name: string;
  version: string;
  licence: string;
  text: string;
}

/** The folder of the package that a module belongs to; null for the page's own modules. */
function packageFolder(module: string): string | null {
  const path = module.replace(/^\0/, "").split("?")[0] ?? "";
  const at = path.lastIndexOf("/node_modules/");
  if (at < 0) return null;
  const [scope = "", name = ""] = path.slice(at + "/node_modules/".length).split("/");
  const folder = scope.startsWith("@") ? `${scope}/${name}` : scope;
  return join(path.slice(0, at), "node_modules", folder);
}

function describe(folder: string): Package {
  const file = join(folder, "package.json");
  const about = JSON.parse(readFileSync(file, "utf8")) as {
    name: string;
    version: string;
    license?: string | { type: string };
    licenses?: { type: string }[];
  };
  const licence =
    typeof about.license === "string"
      ? about.license
      : (about.license?.type ?? about.licenses?.map((one) => one.type).join(" OR ") ?? "unknown");
  const names = readdirSync(folder)
    .filter((name) => /^(licen[cs]e|copying)/i.test(name))
    .sort();
  const text = names
    .filter((name) => existsSync(join(folder, name)))
    .map((name) => readFileSync(join(folder, name), "utf8").trim())
    .join("\n\n");
  return { name: about.name, version: about.version, licence, text };
}

/** "(MPL-2.0 OR Apache-2.0)" is permissive by one of its choices, "MIT AND GPL-3.0" is not. */
export function isPermissive(licence: string): boolean {
  return licence
    .replace(/[()]/g, "")
    .split(/ OR /i)
    .some((choice) => choice.split(/ AND /i).every((part) => PERMISSIVE.includes(part.trim())));
}

export function licences(fileName = "licences.txt"): Plugin {
  return {
    name: "licences",
    apply: "build",
    generateBundle(_options, bundle) {
      const folders = new Set<string>();
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        for (const [module, found] of Object.entries(chunk.modules)) {
          const folder = found.renderedLength > 0 ? packageFolder(module) : null;
          if (folder && existsSync(join(folder, "package.json"))) folders.add(folder);
        }
      }
      const packages = [...folders]
        .map(describe)
        .sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
      const bad = packages.filter((one) => !isPermissive(one.licence));
      if (bad.length > 0) {
        const list = bad.map((one) => `${one.name} ${one.version}: ${one.licence}`).join(", ");
        this.error(`Only permissive licences go into the page; found ${list}.`);
      }
      const rule = "=".repeat(80);
      const parts = packages.map((one) =>
        [rule, `${one.name} ${one.version} (${one.licence})`, rule, one.text || "(no text given)"].join(
          "\n",
        ),
      );
      const head =
        "The page holds code of these packages. Everything else in it is Spondyl's own (Apache-2.0).\n";
      this.emitFile({
        type: "asset",
        fileName,
        source: `${head}\n${parts.join("\n\n")}\n`,
      });
    },
  };
}
