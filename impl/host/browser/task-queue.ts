/** A task source of its own, whose tasks are not held back as timers are. None runs once the document is not fully active. */
export function taskQueue(isFullyActive: () => boolean): (steps: () => void) => void {
  const tasks: (() => void)[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    const steps = tasks.shift()!;
    if (isFullyActive()) steps();
  };
  return (steps) => {
    tasks.push(steps);
    port2.postMessage(null);
  };
}
