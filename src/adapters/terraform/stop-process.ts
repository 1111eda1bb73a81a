import type { ChildProcess } from "node:child_process";
import type { Duration } from "../../domain/names.ts";

export interface Stopping {
  exited: boolean;
  begun?: boolean;
}

/** What is left of a group gets this long to end by itself. */
const stragglerGrace = 1_000;

/**
 * Asks a process to end, in the order that costs least. The first interrupt lets Terraform finish what is under way
 * and save it. The second one, after the whole grace, makes it leave at once (SIGTERM counts as one, and no
 * shell swallows it): what is under way is lost from the
 * state, but the state is written and its lock released, which a kill would not do.
 *
 * The kill comes after `lastGrace`. Providers ignore interrupts; programs that provisioners started get the first one as from a terminal.
 */
export function stopProcess(
  child: ChildProcess,
  about: { grace: Duration; lastGrace: Duration; stopping: Stopping },
): void {
  const { grace, lastGrace, stopping } = about;
  const pid = child.pid;
  if (stopping.begun || pid === undefined) return;
  stopping.begun = true;
  const ifRunning = (act: () => void, after: Duration) =>
    setTimeout(() => {
      if (!stopping.exited) act();
    }, after).unref();
  signalGroup(pid, "SIGINT");
  ifRunning(() => child.kill("SIGTERM"), grace);
  ifRunning(() => signalGroup(pid, "SIGKILL"), grace + lastGrace);
}

/** Ends whatever its leader left behind in a process group: providers, and what provisioners put in the background. */
export async function endGroup(pid: number): Promise<void> {
  if (!signalGroup(pid, "SIGTERM")) return;
  for (let waited = 0; waited < stragglerGrace; waited += 20) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (!signalGroup(pid, 0)) return;
  }
  signalGroup(pid, "SIGKILL");
}

/** Whether there was anybody to get it. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  if (pid <= 1) return false;
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}
