/** Lets Node keep what it has compiled of this program, where Node can (22.1 and later) and the folder is the user's alone. */
const { existsSync, lstatSync, mkdirSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { dirname, isAbsolute, join } = require('node:path');

/** Turns the cache on; without a folder that only the user can write to there is none, and everything is compiled anew. */
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

/** Cached code runs unchecked: a folder that another user owns or can write to could hand in a program of theirs. */
function isOwn(folder) {
  try {
    for (const each of [dirname(folder), folder]) make(each);
    const stats = lstatSync(folder);
    return stats.isDirectory() && stats.uid === process.getuid() && (stats.mode & 0o077) === 0;
  } catch {
    return false;
  }
}

/** Not `recursive`: below /proc, where nothing can be made, Node would try for ever. */
function make(folder) {
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
}

module.exports = { enable };
