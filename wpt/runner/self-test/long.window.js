// META: timeout=long
test(() => {}, "has time");
