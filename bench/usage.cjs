/** Loaded into a process before anything else. At the end, it writes the resource usage to the file that BENCH_USAGE names. */
const { writeFileSync } = require('node:fs');

const file = process.env.BENCH_USAGE;
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const usage = { cpuMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024 };
  writeFileSync(file, JSON.stringify(usage));
});
