// META: title=Tests that pass
// META: script=resources/twice.js

test(() => assert_equals(twice(2), 4), "a script of META: script= is loaded");

test(() => assert_true(isSecureContext), "the page is a secure context");

promise_test(async () => {
  const response = await fetch("resources/hello.py?name=you");
  assert_equals(await response.text(), "Hello, you.");
  assert_equals(response.headers.get("X-Greeting"), "Hello");
}, "a Python handler answers");

promise_test(async () => {
  const response = await fetch("resources/greeting.sub.txt");
  assert_equals(response.headers.get("X-Served"), "with headers");
  assert_equals(await response.text(), `${location.host}\n`);
}, "headers and substitutions are served");

promise_test(async (t) => {
  const controller = new AbortController();
  controller.abort();
  await promise_rejects_dom(t, "AbortError", fetch("resources/hello.py", { signal: controller.signal }));
}, "an aborted fetch rejects with an error of this realm");
