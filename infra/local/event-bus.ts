import { randomUUID } from 'node:crypto';
import type { AwsJsonService } from './aws-json-server.ts';
import { createEventDelivery } from './event-delivery.ts';
import { compileEventPattern } from './event-pattern.ts';
import { createEventsService } from './events-service.ts';
import { localAccount, localRegion } from './template/resource-identities.ts';
import type { TimerClock } from './timer-clock.ts';

/** An event as its targets get it. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601 in UTC, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: object;
}

/** What a source tells; the bus adds the envelope. */
export interface EventSource {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: object;
  readonly time?: Date;
}

export interface EventRule {
  readonly name: string;
  /** An EventBridge event pattern. */
  readonly pattern: unknown;
  readonly targets: readonly { readonly id: string; readonly arn: string }[];
}

interface EventBusOptions {
  readonly rules: readonly EventRule[];
  /** Invokes a target; a rejection is a failed delivery. */
  readonly deliver: (arn: string, event: BusEvent) => Promise<unknown>;
  readonly clock: TimerClock;
}

export interface EventBus {
  /** EventBridge's API, for `AWSEvents`. Unlike AWS it takes sources that begin with `aws.`, to repeat an event. */
  readonly service: AwsJsonService;
  /** Delivers to every target of every rule that matches, in the background; returns the event's id. */
  put(event: EventSource): string;
  /** Gives up the deliveries that wait for a retry. */
  close(): void;
}

/** Delivers at least once: a failed delivery is tried twice more. Throws for a pattern it cannot honour. */
export function createEventBus({ rules, deliver, clock }: EventBusOptions): EventBus {
  const matchers = rules.map(({ pattern, targets }) => ({ matches: compileEventPattern(pattern), targets }));
  const delivery = createEventDelivery({ deliver, clock });

  function put(given: EventSource): string {
    const event = toBusEvent(given, clock.now());
    for (const { targets } of matchers.filter(({ matches }) => matches(event))) {
      for (const { arn } of targets) delivery.start(arn, event);
    }
    return event.id;
  }

  return { put, service: createEventsService(rules, put), close: delivery.close };
}

function toBusEvent({ source, detailType, resources, detail, time }: EventSource, now: Date): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': detailType,
    source,
    account: localAccount,
    time: (time ?? now).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: localRegion,
    resources,
    detail,
  };
}
