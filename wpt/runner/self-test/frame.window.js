// META: script=/common/get-host-info.sub.js

for (const member of ["ORIGIN", "REMOTE_ORIGIN"]) {
  promise_test(async (t) => {
    const frame = document.createElement("iframe");
    frame.src = `${get_host_info()[member]}/runner/self-test/resources/frame.html`;
    t.add_cleanup(() => frame.remove());
    const said = new Promise((resolve) =>
      addEventListener("message", ({ data }) => resolve(data), { once: true }),
    );
    document.body.append(frame);
    assert_equals(await said, "true function");
  }, `a frame has the polyfill and the platform: ${member}`);
}
