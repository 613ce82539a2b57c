import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { liveStates, type Task, type TaskState, taskSchema, terminalStates } from '../domain/task.ts';
import { type VideoRequest, videoRequestSchema } from '../domain/video-request.ts';
import type { ItemCondition } from './update-expression.ts';

/** A task's items share its id as partition key; the sort key says which of them it is. */
export const taskSortKey = 'TASK';
export const requestSortKey = 'REQUEST';
/** All rows that are due share one partition of the sparse index. */
export const dueShard = 'due';

export type Item = Record<string, AttributeValue>;

export function taskKey(id: string): Item {
  return marshall({ pk: id, sk: taskSortKey });
}

export function requestKey(id: string): Item {
  return marshall({ pk: id, sk: requestSortKey });
}

/** Says that `taskId` owns a provider's job. */
export function jobKey(provider: string, jobId: string): Item {
  return marshall({ pk: `JOB#${provider}#${jobId}`, sk: 'JOB' });
}

export function toTaskItem(task: Task): Item {
  return marshall({ pk: task.id, sk: taskSortKey, dueShard, ...task }, { removeUndefinedValues: true });
}

export function toRequestItem(id: string, request: VideoRequest): Item {
  return marshall({ pk: id, sk: requestSortKey, request }, { removeUndefinedValues: true });
}

export function fromTaskItem(item: Item): Task {
  const { attempts, ...task } = storedTaskSchema.parse(unmarshall(item));
  // Before tasks could change their offer, an attempt did not say what it bought: it was what the task buys.
  const bought = { nativeModel: task.nativeModel, priceMicroUsd: task.holdMicroUsd };
  return taskSchema.parse({ ...task, attempts: attempts.map((attempt) => ({ ...bought, ...attempt })) });
}

const storedTaskSchema = z.looseObject({
  nativeModel: z.unknown(),
  holdMicroUsd: z.unknown(),
  attempts: z.array(z.looseObject({})),
});

export function fromRequestItem(item: Item): VideoRequest {
  const { provider, ...request } = storedRequestSchema.parse(unmarshall(item)).request;
  return videoRequestSchema.parse({ ...(provider !== undefined && { providers: [provider] }), ...request });
}

/** Orders from before there were lists of providers name one, as text. */
const storedRequestSchema = z.object({ request: z.looseObject({ provider: z.string().optional() }) });

/** Holds for a row in one of `states`. */
export function isInState(states: readonly TaskState[]): ItemCondition {
  const values = Object.fromEntries(states.map((state, index) => [`:state${index}`, state]));
  return { text: `{state} IN (${Object.keys(values).join(', ')})`, values };
}

/** Holds for a row that exists and is not terminal. */
export const isLive = isInState(liveStates);

/** Holds for a row that is terminal. */
export const isOver = isInState(terminalStates);

export function isConditionFailure(error: unknown): error is ConditionalCheckFailedException {
  return error instanceof ConditionalCheckFailedException;
}
