import { describe, expect, it } from 'vitest';
import {
  executionStatusEvent,
  objectCreatedEvent,
  scheduledEvent,
  toBusRule,
} from '../../../infra/local/aws-events.ts';
import { createEventBus } from '../../../infra/local/event-bus.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const targets = [{ id: 'T', arn: 'target' }];
const died = { 'detail-type': ['Step Functions Execution Status Change'], detail: { status: ['FAILED'] } };
const dropped = { source: ['aws.s3'], detail: { object: { key: [{ prefix: 'inbox/' }] } } };

function createBus() {
  const delivered: unknown[] = [];
  const rules = [
    {
      kind: 'schedule',
      name: 'minute',
      arn: 'arn:minute',
      schedule: { kind: 'rate', everySeconds: 60 },
      targets,
    },
    { kind: 'pattern', name: 'died', arn: 'arn:died', pattern: died, targets },
    { kind: 'pattern', name: 'dropped', arn: 'arn:dropped', pattern: dropped, targets },
  ] as const;
  const bus = createEventBus({
    rules: rules.map(toBusRule),
    deliver: async (_arn, event) => delivered.push(event),
    clock: createManualClock(),
  });
  return { bus, delivered };
}

const execution = {
  executionArn: 'arn:execution',
  stateMachineArn: 'arn:machine',
  name: 'task-1',
  startDate: new Date(1000),
  input: '{}',
} as const;

describe('the events of the local gateway', () => {
  it('delivers a schedule to its own rule only', () => {
    const { bus, delivered } = createBus();
    bus.put(scheduledEvent('arn:minute'));
    bus.put(scheduledEvent('arn:other'));
    expect(delivered).toMatchObject([{ 'detail-type': 'Scheduled Event', resources: ['arn:minute'] }]);
  });

  it('delivers an execution that failed, with its times in milliseconds, and none that runs', () => {
    const { bus, delivered } = createBus();
    bus.put(executionStatusEvent({ ...execution, status: 'RUNNING' }));
    bus.put(executionStatusEvent({ ...execution, status: 'FAILED', stopDate: new Date(2000), error: 'E' }));
    expect(delivered).toMatchObject([
      {
        source: 'aws.states',
        resources: ['arn:execution'],
        detail: { status: 'FAILED', startDate: 1000, stopDate: 2000, output: null, error: 'E' },
      },
    ]);
  });

  it('delivers an object by its plain key, in the shape of S3', () => {
    const { bus, delivered } = createBus();
    bus.put(objectCreatedEvent({ bucket: 'media', key: 'inbox/a b.json', size: 7, etag: 'e' }));
    bus.put(objectCreatedEvent({ bucket: 'media', key: 'outbox/x.mp4', size: 7, etag: 'e' }));
    expect(delivered).toMatchObject([
      {
        'detail-type': 'Object Created',
        detail: {
          version: '0',
          bucket: { name: 'media' },
          object: { key: 'inbox/a b.json', size: 7, etag: 'e' },
        },
      },
    ]);
  });
});
