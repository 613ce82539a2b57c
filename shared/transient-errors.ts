/** What AWS throws when it refuses for a moment, and wrote nothing. */
const busyNames: ReadonlySet<string> = new Set([
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'SlowDown',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionCanceledException',
  'TransactionConflictException',
  'TransactionInProgressException',
]);

/** What the SDK and Node call a server that failed, or an answer that did not come. */
const brokenNames: ReadonlySet<string> = new Set([
  'InternalError',
  'InternalServerError',
  'InternalServerException',
  'InternalFailure',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TimeoutError',
]);
const brokenCodes: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Whether AWS had too much to do: nothing was written, and the same call may succeed soon. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && busyNames.has(error.name);
}

/** Whether AWS or the network failed in a way that passes by itself. What was asked may have been done. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  const isServerFault = '$fault' in error && error.$fault === 'server';
  return isBusy(error) || isServerFault || brokenNames.has(error.name) || brokenCodes.has(`${code}`);
}
