/** Lets Node cache its compiled code of this program, if Node can (22.1 and later) and only the user can write to the folder. */
const { existsSync, lstatSync, mkdirSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { dirname, isAbsolute, join } = require('node:path');

/** Turns the cache on, or leaves it off without a folder that only the user can write to. */
function enable() {
  if (!enableCompileCache || !process.getuid) return;
  const folder = userCache();
  if (folder && isOwn(folder)) enableCompileCache(folder);
}

function userCache() {
  const { HOME, XDG_CACHE_HOME } = process.env;
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, 'pdactions');
  if (!HOME || !isAbsolute(HOME)) return undefined;
  return join(HOME, process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'pdactions');
}

/** Cached code runs unchecked: another user who owns the folder or can write to it could inject code. */
function isOwn(folder) {
  try {
    for (const each of [dirname(folder), folder]) make(each);
    const stats = lstatSync(folder);
    return stats.isDirectory() && stats.uid === process.getuid() && (stats.mode & 0o077) === 0;
  } catch {
    return false;
  }
}

/** Not `recursive`: below /proc, where no folder can be made, Node would try forever. */
function make(folder) {
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
}

module.exports = { enable };
