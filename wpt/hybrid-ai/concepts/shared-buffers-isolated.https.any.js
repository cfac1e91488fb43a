// META: title=Shared buffers in an isolated page
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

sharedBufferTests(() => new SharedArrayBuffer(64));
