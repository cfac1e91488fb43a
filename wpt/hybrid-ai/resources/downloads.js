/** Resolves when at least so many bytes of a file that a document is downloading have come. */
async function haveCome(file, bytes, { modelCache } = navigator) {
  while ((await loadedOf(file, modelCache)) < bytes / file.size);
}

/** How much of a download has come: what whoever joins it is told at once. */
async function loadedOf(file, modelCache) {
  let last = 0;
  const controller = new AbortController();
  await new Promise((resolve) => {
    const monitor = (monitor) => {
      monitor.ondownloadprogress = ({ loaded }) => {
        last = loaded;
        resolve();
      };
    };
    modelCache.fetch(file, { signal: controller.signal, monitor }).then(resolve, resolve);
  });
  controller.abort();
  // Tasks run in order: what was to be told of before the abort has been told then.
  await modelCache.keys();
  return last;
}
