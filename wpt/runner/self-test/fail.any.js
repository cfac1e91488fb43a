// META: global=window
test(() => assert_equals(1, 2), "this fails");
test(() => {}, "this passes");
promise_test(() => Promise.reject(new Error("as it should")), "this rejects");
