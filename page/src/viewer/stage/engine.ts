/** Cornerstone, started once for the page's life. */
import {
  cache, getRenderingCapabilities, init as initCore, RenderingEngine, setUseCPURendering,
} from "@cornerstonejs/core";
import {
  addTool, init as initTools, MagnifyTool, PanTool, ToolGroupManager, WindowLevelTool, ZoomTool,
  Enums as ToolEnums,
} from "@cornerstonejs/tools";

import { registerFilmImages } from "./images";

export type ToolName = "window" | "zoom" | "pan" | "magnify";

const TOOLS = {
  window: WindowLevelTool.toolName,
  zoom: ZoomTool.toolName,
  pan: PanTool.toolName,
  magnify: MagnifyTool.toolName,
} as const;

const CACHE_BYTES = 512 * 1024 * 1024;
const GROUP = "films";
/** The magnifier's picture is this many pixels wide and high. */
export const MAGNIFIER_PX = 280;

let engine: RenderingEngine | null = null;

/**
 * The one rendering engine. It outlives every film and every mount of the viewer: making a new
 * one costs more than the whole opening of a prefetched film may take.
 */
export function filmEngine(): RenderingEngine {
  if (engine) return engine;
  initCore();
  const can = getRenderingCapabilities();
  // Without WebGL there is no other way; with WebGL drawn in software the 2-D canvas is quicker.
  if (!can.webgl || can.softwareRasterizer) setUseCPURendering(true);
  cache.setMaxCacheSize(CACHE_BYTES);
  initTools();
  registerFilmImages();
  for (const tool of [WindowLevelTool, ZoomTool, PanTool, MagnifyTool]) addTool(tool);
  engine = new RenderingEngine("films");
  makeGroup();
  return engine;
}

function makeGroup(): void {
  const group = ToolGroupManager.createToolGroup(GROUP)!;
  for (const name of Object.values(TOOLS)) group.addTool(name);
  group.setToolConfiguration(TOOLS.magnify, {
    magnifySize: 6, magnifyWidth: MAGNIFIER_PX, magnifyHeight: MAGNIFIER_PX, touchOffset: 40,
  });
  setPrimaryTool("window");
}

export function joinTools(viewportId: string): void {
  ToolGroupManager.getToolGroup(GROUP)?.addViewport(viewportId, "films");
}

export function leaveTools(viewportId: string): void {
  ToolGroupManager.getToolGroup(GROUP)?.removeViewports("films", viewportId);
}

/**
 * The tool of the main button. The middle button pans and the right button windows whatever the
 * tool is, as radiologists' workstations have it; the wheel zooms (see the stage).
 */
export function setPrimaryTool(name: ToolName): void {
  const group = ToolGroupManager.getToolGroup(GROUP);
  if (!group) return;
  const { MouseBindings } = ToolEnums;
  const fixed: Record<ToolName, number[]> = {
    window: [MouseBindings.Secondary],
    zoom: [],
    pan: [MouseBindings.Auxiliary],
    magnify: [],
  };
  for (const tool of Object.keys(TOOLS) as ToolName[]) {
    const buttons = [...fixed[tool], ...(tool === name ? [MouseBindings.Primary] : [])];
    group.setToolPassive(TOOLS[tool], { removeAllBindings: true });
    const bindings = buttons.map((mouseButton) => ({ mouseButton }));
    if (bindings.length) group.setToolActive(TOOLS[tool], { bindings });
  }
}

/** The magnifier shows the same enlargement whatever the size of the picture's box. */
export function fitMagnifier(boxHeight: number, times: number): void {
  ToolGroupManager.getToolGroup(GROUP)?.setToolConfiguration(TOOLS.magnify, {
    magnifySize: (times * boxHeight) / MAGNIFIER_PX,
  });
}
