import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * A task id is a number of 19 decimal digits that fits 64 bits, written as 16 hex digits, so that every
 * door can render it in its own form (decimal, UUID, base 36) and read it back.
 */
const smallestTaskNumber = 10n ** 18n;
const taskNumberBits = 62;
const largestTaskNumber = smallestTaskNumber + 2n ** BigInt(taskNumberBits) - 1n;

/** A new random id; or, with `idempotencyKey`, always the same id for the same account and key. */
export function newTaskId(account: string, idempotencyKey?: string): string {
  return toTaskId(idempotencyKey === undefined ? randomBytes(8) : digestOf([account, idempotencyKey]));
}

/** The id of the one retry that a task can have; no Idempotency-Key leads to it, because those are hashed in pairs. */
export function retryIdOf(account: string, taskId: string): string {
  return toTaskId(digestOf([account, 'retry', taskId]));
}

function digestOf(parts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}

function toTaskId(seed: Buffer): string {
  return toHexDigits(smallestTaskNumber + BigInt.asUintN(taskNumberBits, seed.readBigUInt64BE()));
}

function toHexDigits(taskNumber: bigint): string {
  return taskNumber.toString(16).padStart(16, '0');
}

/** The id as the number that it is. */
export function toTaskNumber(taskId: string): bigint {
  return BigInt(`0x${taskId}`);
}

/** The task id that a number from outside is; absent for one that no id can be. */
export function fromTaskNumber(taskNumber: bigint): string | undefined {
  const isInRange = taskNumber >= smallestTaskNumber && taskNumber <= largestTaskNumber;
  return isInRange ? toHexDigits(taskNumber) : undefined;
}

/** Whether a text from outside may become a key of the tasks. */
export function isTaskId(text: string): boolean {
  return /^[0-9a-f]{16}$/.test(text);
}

export function toVideoId(taskId: string): string {
  return `video_${taskId}`;
}

/** For fields that are `null` where there is no such video. */
export function toOptionalVideoId(taskId: string | undefined): string | null {
  return taskId === undefined ? null : toVideoId(taskId);
}

/** The task id in a public video id; absent when the text is no such id. */
export function fromVideoId(videoId: string): string | undefined {
  return /^video_([0-9a-f]{16})$/.exec(videoId)?.[1];
}

/** 256 random bits, URL-safe: for link secrets, callback secrets and API keys. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

const webhookSecretPrefix = 'whsec_';
const webhookSecretBytes = { least: 24, most: 64 } as const;

/** A secret that signs webhooks, as Standard Webhooks writes it: a prefix and base64. */
export function newWebhookSecret(): string {
  return webhookSecretPrefix + randomBytes(32).toString('base64');
}

/** Whether a text is such a secret, of 24 to 64 bytes. */
export function isWebhookSecret(text: string): boolean {
  if (!text.startsWith(webhookSecretPrefix)) return false;
  const encoded = text.slice(webhookSecretPrefix.length);
  const bytes = Buffer.from(encoded, 'base64');
  const isWhole = bytes.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  return isWhole && bytes.length >= webhookSecretBytes.least && bytes.length <= webhookSecretBytes.most;
}

/** A short random id for things that are not secret. */
export function newShortId(): string {
  return randomBytes(9).toString('base64url');
}

export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The proof a provider must send back in a header: known to it and us, in no URL. */
export function callbackProof(callbackSecret: string): string {
  return createHmac('sha256', callbackSecret).update('callback-proof').digest('base64url');
}

/** Compares without telling by its duration where two secrets differ. */
export function isSameSecret(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
