import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { TransientStepError } from '../../../shared/errors.ts';
import { stepHandler } from '../../../shared/steps/step-stack.ts';
import { lambdaContext } from '../../support/http-events.ts';

const metadata = { message: 'no', $metadata: {} };
const named = (name: string, extra: object = {}) => Object.assign(new Error('no'), { name, ...extra });
const run = (error: Error) =>
  stepHandler(() => Promise.reject(error))({ taskId: '0de0b6b3a7640000', run: 1 }, lambdaContext);

describe('stepHandler', () => {
  it.each([
    ['a throttled parameter store', named('ThrottlingException', { $fault: 'client' })],
    ['a busy account', new TransactionCanceledException(metadata)],
    ['a server error', named('SomethingBroke', { $fault: 'server' })],
    ['a broken connection', named('Error', { code: 'ECONNRESET' })],
    ['a step that asks for it', new TransientStepError('again')],
  ])('asks to be run again after %s', async (_, error) => {
    await expect(run(error)).rejects.toMatchObject({ name: 'TransientStepError' });
  });

  it.each([
    ['a fault of ours', new TypeError('x is undefined')],
    ['a failed condition', new ConditionalCheckFailedException(metadata)],
    ['a missing permission', named('AccessDeniedException', { $fault: 'client' })],
  ])('does not hide %s', async (_, error) => {
    await expect(run(error)).rejects.toBe(error);
  });

  it('refuses an input that is none', async () => {
    await expect(
      stepHandler(async () => ({ decision: 'done' }))({ taskId: 7 }, lambdaContext),
    ).rejects.toThrow();
  });
});
