// META: title=Shared buffers in a page that has no name for their constructor
// META: global=window,dedicatedworker
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=/common/get-host-info.sub.js
// META: script=../resources/virtual-environment.js
// META: script=../resources/recorder.js
// META: script=../resources/files.js
// META: script=../resources/hybrid-model.js
// META: script=../resources/shared-buffers.js

"use strict";

sharedBufferTests(() => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer);
