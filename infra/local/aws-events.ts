import { randomBytes } from 'node:crypto';
import type { EventRule as BusRule, EventSource } from './event-bus.ts';
import type { ObjectCreated } from './s3/s3-operation.ts';
import type { ExecutionDescription } from './state-machine/execution-description.ts';
import type { EventRule } from './template/read-event-rules.ts';
import { localAccount } from './template/resource-identities.ts';

const scheduled = { source: 'aws.events', detailType: 'Scheduled Event' } as const;

/** What S3 sends to EventBridge for a finished object. Its key is plain, not URL-encoded. */
export function objectCreatedEvent({ bucket, ...object }: ObjectCreated): EventSource {
  return {
    source: 'aws.s3',
    detailType: 'Object Created',
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { ...object, sequencer: toHex(9) },
      'request-id': toHex(8),
      requester: localAccount,
      'source-ip-address': '127.0.0.1',
      reason: 'PutObject',
    },
  };
}

/** What Step Functions sends to EventBridge when an execution starts or closes. Times are epoch milliseconds. */
export function executionStatusEvent(execution: ExecutionDescription): EventSource {
  const { executionArn, startDate, stopDate, output } = execution;
  return {
    source: 'aws.states',
    detailType: 'Step Functions Execution Status Change',
    resources: [executionArn],
    detail: {
      ...execution,
      startDate: startDate.getTime(),
      stopDate: stopDate?.getTime() ?? null,
      output: output ?? null,
      inputDetails: { included: true },
      outputDetails: output === undefined ? null : { included: true },
    },
  };
}

/** What a schedule sends each time. */
export function scheduledEvent(ruleArn: string): EventSource {
  return { ...scheduled, resources: [ruleArn], detail: {} };
}

/** The rule as the bus matches it: a schedule reacts to its own event. */
export function toBusRule(rule: EventRule): BusRule {
  const pattern =
    rule.kind === 'pattern'
      ? rule.pattern
      : { source: [scheduled.source], 'detail-type': [scheduled.detailType], resources: [rule.arn] };
  return { name: rule.name, pattern, targets: rule.targets };
}

function toHex(bytes: number): string {
  return randomBytes(bytes).toString('hex').toUpperCase();
}
