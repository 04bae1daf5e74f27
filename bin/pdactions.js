#!/usr/bin/env node
// In words that Node 12 understands, so that an old Node gets as far as the message.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 20 || (major === 20 && minor >= 17)) {
  require('./compile-cache.js').enable();
  require('../dist/main.js').main();
} else {
  const { version, execPath } = process;
  process.stderr.write(`pdactions needs Node.js 20.17 or later; this is ${version} (${execPath})\n`);
  process.stderr.write(
    'Install a current release from https://nodejs.org, or with a version manager: `nvm install --lts`, `fnm install --lts`.\n',
  );
  process.exitCode = 3;
}
