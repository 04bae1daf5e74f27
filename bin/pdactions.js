#!/usr/bin/env node
const { argv, stdout, stderr } = process;

if (argv.length === 3 && argv[2] === '--help' && !stdout.isTTY && !stderr.isTTY) {
  // Off a terminal the help is always the same, so the build has written it down: making it takes twice as long as starting Node.
  stdout.on('error', ({ code, message }) => {
    if (code === 'EPIPE') return;
    stderr.write(`pdactions: standard output could not be written (${message})\n`);
    process.exitCode = 9;
  });
  stdout.write(require('node:fs').readFileSync(`${__dirname}/../dist/help.txt`));
} else {
  require('./load.js').load('dist/main.js').main();
}
