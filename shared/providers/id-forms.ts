import { createHash } from 'node:crypto';
import { fromTaskNumber, fromVideoId, isTaskId, toTaskNumber, toVideoId } from '../ids.ts';

/** How an API writes the ids of its tasks. Every form is read back to the one id of the task. */
export interface IdForm {
  toText(taskId: string): string;
  /** Absent for a text that is no id in this form. */
  fromText(text: string): string | undefined;
}

/** 19 digits, for example `1234567890123456789`. */
export const decimalId = numberedId('', 10);

/** A UUID of version 4: the id, and for the rest a digest of it, so that no other UUID means the same task. */
export const uuidId: IdForm = {
  toText(taskId) {
    const rest = createHash('sha256').update(`uuid ${taskId}`).digest('hex').slice(0, 14);
    const digits = `${taskId.slice(0, 12)}4${taskId.slice(12, 15)}8${taskId.slice(15)}${rest}`;
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  },
  fromText(text) {
    const digits = text.toLowerCase().replaceAll('-', '');
    const taskId = `${digits.slice(0, 12)}${digits.slice(13, 16)}${digits.slice(17, 18)}`;
    return isTaskId(taskId) && uuidId.toText(taskId) === text.toLowerCase() ? taskId : undefined;
  },
};

/** The same UUID without its hyphens: 32 hex digits. */
export const hexId: IdForm = {
  toText: (taskId) => uuidId.toText(taskId).replaceAll('-', ''),
  fromText(text) {
    if (!/^[0-9a-f]{32}$/i.test(text)) return undefined;
    return uuidId.fromText(text.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'));
  },
};

/** `video_` and 16 hex digits: our own. */
export const videoId: IdForm = { toText: toVideoId, fromText: fromVideoId };

/** A prefix and the task's number: 19 digits in base 10, 12 or 13 in base 36. */
function numberedId(prefix: string, radix: 10 | 36): IdForm {
  const toText = (taskId: string) => `${prefix}${toTaskNumber(taskId).toString(radix)}`;
  return {
    toText,
    fromText(text) {
      const digits = text.startsWith(prefix) ? text.slice(prefix.length) : '';
      if (!/^[0-9a-z]{12,19}$/.test(digits)) return undefined;
      const number = parseNumber(digits, radix);
      const taskId = number === undefined ? undefined : fromTaskNumber(number);
      return taskId !== undefined && toText(taskId) === text ? taskId : undefined;
    },
  };
}

function parseNumber(digits: string, radix: 10 | 36): bigint | undefined {
  const values = [...digits].map((digit) => Number.parseInt(digit, radix));
  if (values.some(Number.isNaN)) return undefined;
  return values.reduce((number, value) => number * BigInt(radix) + BigInt(value), 0n);
}

/** `task_` and 19 digits. */
export const taskNumberId = numberedId('task_', 10);

/** `task_hailuo_` and 19 digits. */
export const hailuoTaskNumberId = numberedId('task_hailuo_', 10);

/** `hailuo_` and 12 or 13 letters and digits. */
export const hailuoBase36Id = numberedId('hailuo_', 36);

const everyForm = [videoId, uuidId, hexId, decimalId, taskNumberId, hailuoTaskNumberId, hailuoBase36Id];

/** The task that a text names in the form of any door or in ours: a task is found through every API. */
export function readAnyId(text: string): string | undefined {
  for (const form of everyForm) {
    const taskId = form.fromText(text);
    if (taskId !== undefined) return taskId;
  }
  return undefined;
}
