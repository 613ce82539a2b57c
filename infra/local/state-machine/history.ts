import type { HistoryEvent } from './execution.ts';
import type { Resource } from './resource.ts';

/** An event about to happen: the commit adds its time. */
export type NewEvent = Omit<HistoryEvent, 'at'>;

type TaskEventSuffix = 'Scheduled' | 'Started' | 'Submitted' | 'Succeeded' | 'Failed' | 'TimedOut';

/** An event of a Task state under the names that AWS has for its kind of resource. */
export function taskEvent(resource: Resource, suffix: TaskEventSuffix, details: object = {}): NewEvent {
  switch (resource.kind) {
    case 'function':
      return { type: `LambdaFunction${suffix}`, details: { ...details } };
    case 'invoke':
      return { type: `Task${suffix}`, details: { resourceType: 'lambda', resource: 'invoke', ...details } };
    case 'updateItem': {
      const called = resource.waitsForToken ? 'updateItem.waitForTaskToken' : 'updateItem';
      const service = { resourceType: 'aws-sdk:dynamodb', resource: called };
      return { type: `Task${suffix}`, details: { ...service, ...details } };
    }
  }
}

/** One event as GetExecutionHistory tells it; the timestamp is in epoch seconds. */
export interface AwsHistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: number;
  readonly type: string;
  /** The details, under the event's own name for them. */
  readonly [detailsName: string]: unknown;
}

export function toAwsHistory(events: readonly HistoryEvent[]): AwsHistoryEvent[] {
  return events.map(({ type, at, details }, index) => ({
    id: index + 1,
    previousEventId: index < 2 ? 0 : index,
    timestamp: new Date(at).getTime() / 1000,
    type,
    ...(details === undefined ? {} : { [detailsName(type)]: details }),
  }));
}

/** What AWS bills as state transitions: each state entered and each retry. */
export function countTransitions(events: readonly HistoryEvent[]): number {
  return events.filter(({ type }, index) => {
    const isRetry = type.endsWith('Scheduled') && !isStateEntered(events[index - 1]);
    return type.endsWith('StateEntered') || isRetry;
  }).length;
}

function isStateEntered(event: HistoryEvent | undefined): boolean {
  return event?.type.endsWith('StateEntered') ?? false;
}

function detailsName(type: string): string {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}
