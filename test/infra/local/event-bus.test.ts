import { setImmediate } from 'node:timers/promises';
import { EventBridgeClient, ListRulesCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startAwsJsonServer } from '../../../infra/local/aws-json-server.ts';
import { type BusEvent, createEventBus, type EventBus } from '../../../infra/local/event-bus.ts';
import type { LocalServer } from '../../../infra/local/local-server.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';

const intakeArn = 'arn:aws:lambda:us-east-1:000000000000:function:intake';
const pattern = { source: ['aws.s3'], detail: { object: { key: [{ prefix: 'inbox/' }] } } };
const upload = {
  source: 'aws.s3',
  detailType: 'Object Created',
  resources: ['arn:aws:s3:::media'],
  detail: { object: { key: 'inbox/acme/cat.json' } },
};

let clock: ManualClock;
let bus: EventBus;
let server: LocalServer;
let client: EventBridgeClient;
let delivered: { arn: string; event: BusEvent }[];
let failures: number;

beforeEach(async () => {
  [clock, delivered, failures] = [createManualClock(), [], 0];
  bus = createEventBus({
    rules: [{ name: 'inbox', pattern, targets: [{ id: 'Target0', arn: intakeArn }] }],
    clock,
    async deliver(arn, event) {
      delivered.push({ arn, event });
      if (delivered.length <= failures) throw new Error('the function failed');
    },
  });
  server = await startAwsJsonServer({ services: { AWSEvents: bus.service } });
  client = new EventBridgeClient({ endpoint: server.url, maxAttempts: 1 });
});
afterEach(async () => {
  bus.close();
  client.destroy();
  await server.close();
});

describe('the embedded event bus', () => {
  it("delivers an event in EventBridge's envelope to the target of the rule that matches", () => {
    const id = bus.put(upload);
    const event = {
      version: '0',
      id,
      'detail-type': 'Object Created',
      source: 'aws.s3',
      account: '000000000000',
      time: '2026-03-02T10:00:00Z',
      region: 'us-east-1',
      resources: ['arn:aws:s3:::media'],
      detail: { object: { key: 'inbox/acme/cat.json' } },
    };
    expect(delivered).toEqual([{ arn: intakeArn, event }]);
  });

  it('delivers nothing when no rule matches', () => {
    bus.put({ ...upload, detail: { object: { key: 'outbox/acme/cat.mp4' } } });
    expect(delivered).toEqual([]);
  });

  it.each([
    [1, 2],
    [2, 3],
    [9, 3],
  ])('delivers the same event again after %i failures, %i times in all', async (failing, times) => {
    const report = vi.spyOn(console, 'error').mockReturnValue();
    failures = failing;
    bus.put(upload);
    for (let tries = 1; tries < times; tries += 1) {
      await vi.waitUntil(() => clock.advanceToNextTimer());
    }
    await vi.waitUntil(
      () => delivered.length === times && (failing < times || report.mock.calls.length === 1),
    );
    expect(clock.advanceToNextTimer()).toBe(false);
    expect(new Set(delivered.map(({ event }) => event.id)).size).toBe(1);
    report.mockRestore();
  });

  it('gives up its retries when it is closed', async () => {
    failures = 1;
    bus.put(upload);
    // Lets the failure be noticed and the retry be scheduled.
    await setImmediate();
    bus.close();
    clock.advance(60);
    expect(delivered).toHaveLength(1);
  });

  it('takes events from a client, also such as repeat an event of AWS', async () => {
    const Detail = JSON.stringify(upload.detail);
    const entry = { Source: 'aws.s3', DetailType: 'Object Created', Detail };
    const Time = new Date('2026-03-01T08:00:00Z');
    const answer = await client.send(new PutEventsCommand({ Entries: [{ ...entry, Time }] }));
    expect(answer.FailedEntryCount).toBe(0);
    expect(delivered[0]?.event).toMatchObject({
      id: answer.Entries?.[0]?.EventId,
      time: '2026-03-01T08:00:00Z',
      detail: upload.detail,
    });
  });

  it('refuses malformed entries one by one and delivers the others', async () => {
    const entry = { Source: 'aws.s3', DetailType: 'Object Created', Detail: JSON.stringify(upload.detail) };
    const Entries = [
      { ...entry, Detail: '{' },
      { ...entry, Detail: '[]' },
      { DetailType: 'x', Detail: '{}' },
      entry,
    ];
    const answer = await client.send(new PutEventsCommand({ Entries }));
    expect(answer.FailedEntryCount).toBe(3);
    expect(answer.Entries).toMatchObject([
      { ErrorCode: 'MalformedDetail' },
      { ErrorCode: 'MalformedDetail' },
      { ErrorCode: 'InvalidArgument', ErrorMessage: expect.stringContaining('Source') },
      { EventId: delivered[0]?.event.id },
    ]);
    expect(delivered).toHaveLength(1);
  });

  it('tells its rules', async () => {
    const { Rules } = await client.send(new ListRulesCommand({}));
    expect(Rules).toMatchObject([{ Name: 'inbox', State: 'ENABLED', EventPattern: JSON.stringify(pattern) }]);
  });

  it('throws for a rule whose pattern it cannot honour', () => {
    const rules = [{ name: 'sizes', pattern: { size: [{ numeric: ['>', 1] }] }, targets: [] }];
    expect(() => createEventBus({ rules, clock, deliver: async () => {} })).toThrow(/numeric/);
  });
});
