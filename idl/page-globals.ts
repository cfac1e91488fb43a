// Written by `npm run idl` from the specification's IDL. Not to be edited.

/** The objects of the specification on the global, as the polyfill installs them there. */
import type * as page from "./page-types.ts";

/* eslint-disable @typescript-eslint/no-empty-object-type */
declare global {
  var ModelMonitor: page.ModelMonitorConstructor;
  interface ModelMonitor extends page.ModelMonitor {}

  var ModelCapabilities: page.ModelCapabilitiesConstructor;
  interface ModelCapabilities extends page.ModelCapabilities {}

  var ModelCache: page.ModelCacheConstructor;
  interface ModelCache extends page.ModelCache {}

  var ModelFile: page.ModelFileConstructor;
  interface ModelFile extends page.ModelFile {}

  var HybridModel: page.HybridModelConstructor;
  interface HybridModel extends page.HybridModel {}

  var ModelRunError: page.ModelRunErrorConstructor;
  interface ModelRunError extends page.ModelRunError {}

  interface Navigator extends page.NavigatorModels {}

  interface WorkerNavigator extends page.NavigatorModels {}
}
