import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { liveStates, type Task, type TaskState, taskSchema } from '../domain/task.ts';
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
  return taskSchema.parse(unmarshall(item));
}

export function fromRequestItem(item: Item): VideoRequest {
  return z.object({ request: videoRequestSchema }).parse(unmarshall(item)).request;
}

/** Holds for a row in one of `states`. */
export function isInState(states: readonly TaskState[]): ItemCondition {
  const values = Object.fromEntries(states.map((state, index) => [`:state${index}`, state]));
  return { text: `{state} IN (${Object.keys(values).join(', ')})`, values };
}

/** Holds for a row that exists and is not terminal. */
export const isLive = isInState(liveStates);

/** Holds for a row that is terminal. */
export const isOver = isInState(['completed', 'failed']);

export function isConditionFailure(error: unknown): error is ConditionalCheckFailedException {
  return error instanceof ConditionalCheckFailedException;
}
