// META: title=Hybrid AI: IDL
// META: global=window,dedicatedworker
// META: timeout=long
// META: script=/resources/WebIDLParser.js
// META: script=/resources/idlharness.js
// META: script=/resources/testdriver.js
// META: script=/resources/testdriver-vendor.js
// META: script=resources/recorder.js
// META: script=resources/files.js

"use strict";

idl_test(
  ["hybrid-ai"],
  ["webidl", "dom", "html", "streams", "FileAPI", "webnn", "writing-assistance-apis"],
  async (idl_array) => {
    idl_array.add_objects({
      [self.GLOBAL.isWorker() ? "WorkerNavigator" : "Navigator"]: ["navigator"],
      ModelCapabilities: ["navigator.modelCapabilities"],
      ModelCache: ["navigator.modelCache"],
      ModelFile: ["self.file"],
      ModelMonitor: ["self.monitor"],
      HybridModel: ["self.model"],
      ModelRunError: ["self.runError"],
    });

    await test_driver.set_virtual_model_environment({});
    const options = { monitor: (monitor) => (self.monitor = monitor) };
    self.file = await navigator.modelCache.fetch(bytesFile(), options);
    self.model = await HybridModel.create({ manifest: serveManifest(affineManifest(), new Recorder()) });
    self.runError = new ModelRunError("", {
      variant: "",
      fidelity: 0,
      placement: "none",
      duration: 0,
      inputBytesSent: 0,
      attempts: [],
    });
  },
);
