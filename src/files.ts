/**
 * Promise versions of the `node:fs` functions that most commands need. `node:fs/promises` also loads Node's line editor, which takes longer
 * than reading a config.
 */
import { promisify } from 'node:util';

// An import would copy the names of all functions, in each run.
const fs = process.getBuiltinModule('node:fs');

export const close = promisify(fs.close);
export const fstat = promisify(fs.fstat);
export const lstat = promisify(fs.lstat);
export const open = promisify(fs.open);
export const read = promisify(fs.read);
export const readdir = promisify(fs.readdir);
export const readFile = promisify(fs.readFile);
export const realpath = promisify(fs.realpath.native);
export const stat = promisify(fs.stat);
