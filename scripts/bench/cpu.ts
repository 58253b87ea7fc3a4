import process from "node:process";

/** CPU time of this process so far; microseconds. Wall time would count what else the machine does. */
export function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
