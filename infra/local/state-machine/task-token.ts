import { randomUUID } from 'node:crypto';
import * as z from 'zod';

const contentSchema = z.strictObject({ executionArn: z.string(), secret: z.string() });

/** A fresh token. It names its execution, so that a late one is told from one that never was. */
export function newTaskToken(executionArn: string): string {
  return Buffer.from(JSON.stringify({ executionArn, secret: randomUUID() })).toString('base64');
}

/** The ARN of the execution that a token was made for; absent when it is no token of ours. */
export function executionArnOf(token: string): string | undefined {
  try {
    return contentSchema.parse(JSON.parse(Buffer.from(token, 'base64').toString())).executionArn;
  } catch {
    return undefined;
  }
}
