// META: title=Where a file is stored
// META: timeout=long
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js
// META: script=../resources/remote.js
// META: script=../resources/two-worlds.js

"use strict";

for (const [what, storageCapacity] of Object.entries({
  "is full": 0,
  "is soon full": 70000,
  "can hold one file": 140000,
})) {
  twoWorldsTest(
    {
      secret: { storageCapacity: [storageCapacity, 2 ** 40] },
      page: async ({ recorder, monitor, record }) => {
        const { modelCache } = navigator;
        const file = chunkedFile(recorder);
        const other = bytesFile({ urls: [recorder.url("bytes.txt")] });
        for (const each of [file, other]) {
          record(await modelCache.match(each.digest));
          const modelFile = await modelCache.fetch(each, { monitor });
          record([...new Uint8Array(await modelFile.arrayBuffer()).slice(-20)]);
          record((await modelCache.match(each.digest)).size);
        }
        record(await modelCache.keys());
        await modelCache.fetch(file, { monitor });
        record(await modelCache.delete(file.digest));
        record(await modelCache.keys());
        record(await modelCache.delete(other.digest));
        return modelCache.keys();
      },
    },
    `prepare an entry, steps 5 and 7, and store a chunk, step 3: a page cannot tell that the disk ${what}`,
  );
}
