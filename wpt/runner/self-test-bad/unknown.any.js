// META: global=shadowrealm
test(() => {}, "nowhere");
