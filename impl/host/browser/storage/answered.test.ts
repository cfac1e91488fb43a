import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { answered, answeringDirectory } from "./answered.ts";
import { fakeDirectory } from "./fake-file-system.test.ts";
import type { SyncAccessHandle } from "./file-system.ts";
import { givesSyncHandles } from "./gives-sync-handles.ts";

const forever = () => new Promise<never>(() => undefined);

/** An alarm that goes off when the test says so, and how often one was set and not called off. */
function alarms() {
  const set = new Set<() => void>();
  const alarm = (steps: () => void) => {
    set.add(steps);
    return () => set.delete(steps);
  };
  const goOff = () => {
    for (const steps of [...set]) {
      set.delete(steps);
      steps();
    }
  };
  return { alarm, goOff, set };
}

describe("an answer of the browser", () => {
  it("is the first that comes; the alarm is called off", async () => {
    const { alarm, set } = alarms();
    assert.equal(await answered(alarm, async () => 7), 7);
    await assert.rejects(
      answered(alarm, () => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.equal(set.size, 0);
  });

  it("is asked for again where it does not come, and let go where it comes late", async () => {
    const { alarm, goOff, set } = alarms();
    const late = Promise.withResolvers<string>();
    const answers = [late.promise, forever(), Promise.resolve("third")];
    const letGo: string[] = [];
    const answer = answered(
      alarm,
      () => answers.shift()!,
      (each) => letGo.push(each),
    );
    goOff();
    goOff();
    assert.equal(await answer, "third");
    assert.equal(set.size, 0);
    late.resolve("first");
    await new Promise(setImmediate);
    assert.deepEqual(letGo, ["first"]);
  });

  it("may be that to an earlier question", async () => {
    const { alarm, goOff } = alarms();
    const first = Promise.withResolvers<string>();
    const answers = [first.promise, forever()];
    const answer = answered(alarm, () => answers.shift()!);
    goOff();
    first.resolve("first");
    assert.equal(await answer, "first");
  });

  it("is not refused because an earlier question has what was asked for", async () => {
    const { alarm, goOff } = alarms();
    const taken = new DOMException("It is open.", "NoModificationAllowedError");
    const first = Promise.withResolvers<string>();
    const answers = [first.promise, Promise.reject(taken)];
    const answer = answered(alarm, () => answers.shift()!);
    goOff();
    await new Promise(setImmediate);
    first.resolve("first");
    assert.equal(await answer, "first");
    await assert.rejects(
      answered(alarm, () => Promise.reject(taken)),
      taken,
    );
  });

  it("is given up where it never comes", async () => {
    const { alarm, goOff } = alarms();
    let questions = 0;
    const answer = answered(alarm, () => {
      questions += 1;
      return forever();
    });
    for (let time = 0; time < 6; time += 1) goOff();
    await assert.rejects(answer, { name: "TimeoutError" });
    assert.equal(questions, 6);
  });
});

describe("a directory that asks again", () => {
  it("closes a handle to a file that comes late", async () => {
    const { alarm, goOff } = alarms();
    const directory = fakeDirectory();
    const file = await directory.getFileHandle("a", { create: true });
    const late = Promise.withResolvers<SyncAccessHandle>();
    const answers = [late.promise, file.createSyncAccessHandle()];
    const getFileHandle = async () => ({ ...file, createSyncAccessHandle: () => answers.shift()! });
    const asked = await answeringDirectory({ ...directory, getFileHandle }, alarm).getFileHandle("a");
    const opening = asked.createSyncAccessHandle();
    goOff();
    (await opening).close();
    const closed = Promise.withResolvers<undefined>();
    late.resolve({ close: () => closed.resolve(undefined) } as unknown as SyncAccessHandle);
    await closed.promise;
  });

  for (const name of ["getFileHandle", "getDirectoryHandle", "removeEntry"] as const) {
    it(`asks again for what ${name}() does not answer, also further within`, async () => {
      const { alarm, goOff } = alarms();
      const inner = fakeDirectory();
      const steps = inner[name].bind(inner) as (...given: unknown[]) => Promise<unknown>;
      let calls = 0;
      const once = (...given: unknown[]) => {
        calls += 1;
        return calls === 1 ? forever() : steps(...given);
      };
      const outer = { ...fakeDirectory(), getDirectoryHandle: async () => ({ ...inner, [name]: once }) };
      await inner.getFileHandle("a", { create: true });
      const directory = await answeringDirectory(outer, alarm).getDirectoryHandle("inner", { create: true });
      const given = name === "getDirectoryHandle" ? [{ create: true }] : [];
      const answer = (directory[name] as (...given: unknown[]) => Promise<unknown>)("a", ...given);
      goOff();
      await answer;
      assert.equal(calls, 2);
    });
  }

  it("learns whether there are synchronous handles although nobody answers at first", async () => {
    const { alarm, goOff } = alarms();
    const directory = fakeDirectory();
    const asked = Promise.withResolvers<undefined>();
    let calls = 0;
    const getFileHandle: typeof directory.getFileHandle = async (name, options) => {
      const file = await directory.getFileHandle(name, options);
      const createSyncAccessHandle: typeof file.createSyncAccessHandle = (how) => {
        calls += 1;
        asked.resolve(undefined);
        return calls === 1 ? forever() : file.createSyncAccessHandle(how);
      };
      return { ...file, createSyncAccessHandle };
    };
    const answer = givesSyncHandles(answeringDirectory({ ...directory, getFileHandle }, alarm));
    await asked.promise;
    goOff();
    assert.equal(await answer, true);
  });
});
