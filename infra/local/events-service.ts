import * as z from 'zod';
import type { AwsJsonService } from './aws-json-server.ts';
import { AwsServiceError } from './aws-service-error.ts';
import type { EventRule, EventSource } from './event-bus.ts';
import { localAccount, localRegion } from './template/resource-identities.ts';

const requestSchema = z.object({ Entries: z.array(z.unknown()).min(1).max(10) });
const requiredFields = ['Source', 'DetailType', 'Detail'] as const;
const requiredSchema = z.object({ Source: z.string(), DetailType: z.string(), Detail: z.string() });
const entrySchema = requiredSchema.extend({
  Resources: z.array(z.string()).default([]),
  /** Unix seconds. */
  Time: z.number().optional(),
});
const detailSchema = z.record(z.string(), z.unknown());

type EntryResult =
  | { readonly EventId: string }
  | { readonly ErrorCode: string; readonly ErrorMessage: string };

/** EventBridge's API over a bus: PutEvents and ListRules. */
export function createEventsService(
  rules: readonly EventRule[],
  put: (event: EventSource) => string,
): AwsJsonService {
  return async (operation, input) => {
    if (operation === 'PutEvents') return putEvents(input, put);
    if (operation === 'ListRules') return { Rules: rules.map(toWireRule) };
    throw new AwsServiceError('UnknownOperationException', `EventBridge here does not know ${operation}`);
  };
}

function putEvents(input: unknown, put: (event: EventSource) => string): object {
  const request = requestSchema.safeParse(input);
  if (!request.success) throw new AwsServiceError('ValidationException', 'Entries must be 1 to 10 events');
  const Entries = request.data.Entries.map((entry) => putEntry(entry, put));
  return { FailedEntryCount: Entries.filter((entry) => 'ErrorCode' in entry).length, Entries };
}

function putEntry(given: unknown, put: (event: EventSource) => string): EntryResult {
  const entry = entrySchema.safeParse(given);
  if (!entry.success) return refuseEntry(given);
  const { Source: source, DetailType: detailType, Detail, Resources: resources, Time } = entry.data;
  const detail = parseDetail(Detail);
  if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const time = Time === undefined ? {} : { time: new Date(Time * 1000) };
  return { EventId: put({ source, detailType, resources, detail, ...time }) };
}

function refuseEntry(given: unknown): EntryResult {
  const present = requiredSchema.partial().safeParse(given);
  const missing = requiredFields.find((field) => present.data?.[field] === undefined);
  const ErrorMessage =
    missing === undefined
      ? 'The entry is malformed.'
      : `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`;
  return { ErrorCode: 'InvalidArgument', ErrorMessage };
}

/** Absent when the text is no JSON object. */
function parseDetail(text: string): object | undefined {
  try {
    return detailSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function toWireRule({ name, pattern }: EventRule): object {
  return {
    Name: name,
    Arn: `arn:aws:events:${localRegion}:${localAccount}:rule/${name}`,
    EventPattern: JSON.stringify(pattern),
    State: 'ENABLED',
    EventBusName: 'default',
  };
}
