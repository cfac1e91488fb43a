import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { isSuperUser } from "../setup/where.mjs";
import { earlierRevision } from "./changed.ts";

describe("earlierRevision", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "hybrid-ai-history-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();

  /** A commit with nothing in it. */
  function commit(): string {
    git("commit", "--allow-empty", "--message", "why");
    return git("rev-parse", "HEAD");
  }

  it("is none in a folder that is no repository, and in one with no commit or a single one", () => {
    assert.equal(earlierRevision(folder), null);
    git("init");
    assert.equal(earlierRevision(folder), null);
    commit();
    assert.equal(earlierRevision(folder), null);
  });

  it("is the commit before, and where the branch left the published one if it has left it", () => {
    git("init");
    const first = commit();
    git("update-ref", "refs/remotes/origin/main", commit());
    assert.equal(earlierRevision(folder), first);
    const published = git("rev-parse", "HEAD");
    commit();
    commit();
    assert.equal(earlierRevision(folder), published);
  });

  it("is seen in a folder of somebody else's", () => {
    git("init");
    const first = commit();
    commit();
    // Only the super-user can give it away.
    if (isSuperUser()) {
      chownSync(folder, 1001, 1001);
      chownSync(path.join(folder, ".git"), 1001, 1001);
    }
    assert.equal(earlierRevision(folder), first);
  });

  it("throws where git says an error, because who then judged nothing would guard nothing", () => {
    git("init");
    commit();
    writeFileSync(path.join(folder, ".git/config"), "[broken");
    assert.throws(() => earlierRevision(folder), /^Error: git rev-parse .*bad config/);
  });
});
