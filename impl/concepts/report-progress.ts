import type { GlobalObject, ModelMonitorCallback } from "../../idl/contracts.ts";
import { hostOf } from "../host/host-of.ts";
import { fireAnEvent } from "../infra/fire-an-event.ts";
import { ModelMonitorImplementation } from "./ModelMonitor-impl.ts";

/** https://hybrid-ai-web.github.io/hybrid-ai/#progress-reporter */
export interface ProgressReporter {
  readonly monitor: ModelMonitorImplementation;
  lastValue: number | null;
  lastTime: number | null;
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#create-a-progress-reporter */
export function createAProgressReporter(
  callback: ModelMonitorCallback,
  globalObject: GlobalObject,
): ProgressReporter {
  // 1. Let monitor be a new ModelMonitor in realm.
  const monitor = new ModelMonitorImplementation(globalObject);

  // 2. Invoke callback with « monitor » and "rethrow".
  callback(monitor);

  // 3. Return a progress reporter whose monitor is monitor.
  return { monitor, lastValue: null, lastTime: null };
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#report-progress */
export function reportProgress(loaded: number, total: number, reporter: ProgressReporter): void {
  // 1. If total is 0, then let value be 65536; otherwise, let value be loaded / total × 65536, rounded down.
  // NOTE: A whole download counts no bytes that a page could use as a clock or a size: it is a fraction, as
  //   in the Writing Assistance APIs.
  const value = total === 0 ? 65536 : Math.floor((loaded / total) * 65536);

  // 2. Let now be the monotonic clock's unsafe current time.
  const now = hostOf(reporter.monitor.globalObject).now();

  // 3. If reporter's last value is not null and value is not greater than it, then return.
  if (reporter.lastValue !== null && value <= reporter.lastValue) return;

  // 4. If value is neither 0 nor 65536, and reporter's last time is not null and less than 50 milliseconds
  //    before now, then return.
  if (value !== 0 && value !== 65536 && reporter.lastTime !== null && now - reporter.lastTime < 50) return;

  // 5. If reporter's last value is null and value is not 0, then queue a progress event with 0 on reporter's
  //    monitor.
  if (reporter.lastValue === null && value !== 0) queueAProgressEvent(0, reporter.monitor);

  // 6. Set reporter's last value to value and its last time to now.
  reporter.lastValue = value;
  reporter.lastTime = now;

  // 7. Queue a progress event with value on reporter's monitor.
  queueAProgressEvent(value, reporter.monitor);
}

/** https://hybrid-ai-web.github.io/hybrid-ai/#queue-a-progress-event */
export function queueAProgressEvent(value: number, monitor: ModelMonitorImplementation): void {
  // 1. Queue a global task on the hybrid AI task source given monitor's relevant global object to fire an
  //    event named downloadprogress at monitor, using ProgressEvent, with the loaded attribute initialized to
  //    value / 65536, the total attribute initialized to 1, and the lengthComputable attribute initialized to
  //    true.
  hostOf(monitor.globalObject).queueATask(() => {
    fireAnEvent(monitor.globalObject, "downloadprogress", monitor, "ProgressEvent", {
      loaded: value / 65536,
      total: 1,
      lengthComputable: true,
    });
  });
}
