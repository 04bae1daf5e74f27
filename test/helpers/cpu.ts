/** Milliseconds of processor time that this process has used: what a busy machine changes least, and a hang shows all the same. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
