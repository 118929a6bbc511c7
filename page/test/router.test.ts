import { describe, expect, it } from "vitest";
import { filmPath, parse } from "../src/router";

describe("addresses", () => {
  it("name the rooms", () => {
    expect(parse("/")).toEqual({ name: "worklist" });
    expect(parse("/?filter=unsure")).toEqual({ name: "worklist" });
    expect(parse("/projects/p1")).toEqual({ name: "project", id: "p1" });
    expect(parse("/quality")).toEqual({ name: "quality" });
    expect(parse("/sign-in")).toEqual({ name: "sign-in" });
  });
  it("of films carry their project", () => {
    expect(parse("/films/a-1?project=p2")).toEqual({ name: "film", id: "a-1", project: "p2" });
    expect(parse("/films/a-1")).toEqual({ name: "film", id: "a-1", project: null });
  });
  it("come back as they went, whatever is in an id", () => {
    const path = filmPath("a/b?c", "p&q");
    expect(parse(path)).toEqual({ name: "film", id: "a/b?c", project: "p&q" });
  });
  it("that are none are told as unknown", () => {
    expect(parse("/films/a/b").name).toBe("unknown");
    expect(parse("/elsewhere").name).toBe("unknown");
  });
  it("that are malformed break nothing", () => {
    expect(parse("/films/%zz")).toEqual({ name: "film", id: "%zz", project: null });
  });
});
