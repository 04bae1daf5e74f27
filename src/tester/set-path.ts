/** `--set path=value`: replaces one member of the message. */

import { UsageError } from '../errors.ts';
import { isObject } from '../json-fields.ts';
import type { MessageBody } from './payload.ts';

export interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
}

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses a setting. The path begins inside the message (`incident.title`); numbers index lists. The value is JSON if it parses as
 * JSON, and text otherwise.
 * @throws UsageError for any other form
 */
export function parseSetting(text: string): Setting {
  const equals = text.indexOf('=');
  const path = text.slice(0, Math.max(0, equals)).split('.');
  if (equals < 1 || path.some((part) => part === '' || FORBIDDEN.has(part))) {
    throw new UsageError('--set must be path=value', {
      hint: 'For example `--set incident.title="Disk full"`; the path starts inside the message.',
    });
  }
  const rest = path[0] === 'messages' && path[1] === '0' ? path.slice(2) : path;
  if (rest.length === 0 || rest[0] === 'id') {
    throw new UsageError('--set: the id of a message cannot be set, because each check uses a new one');
  }
  return { path: rest, value: parseValue(text.slice(equals + 1)) };
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The message with that member replaced; creates missing parents. @throws UsageError for a step into a text or number */
export function withSetting(message: MessageBody, { path, value }: Setting): MessageBody {
  const changed = replaced(message, path, value, path.join('.'));
  return isObject(changed) ? changed : message;
}

function replaced(
  target: unknown,
  [step, ...rest]: readonly string[],
  value: unknown,
  shown: string,
): unknown {
  if (step === undefined) return value;
  if (Array.isArray(target)) {
    const index = /^\d{1,4}$/.test(step) ? Number(step) : Number.NaN;
    if (!(index <= target.length)) throw new UsageError(`--set: no list item at ${shown}`);
    const copy: unknown[] = [...target];
    copy[index] = replaced(target[index], rest, value, shown);
    return copy;
  }
  if (target !== undefined && target !== null && !isObject(target)) {
    throw new UsageError(`--set: ${shown} leads into something that is neither an object nor a list`);
  }
  const object = isObject(target) ? target : {};
  return { ...object, [step]: replaced(object[step], rest, value, shown) };
}
