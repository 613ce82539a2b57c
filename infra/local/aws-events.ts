import { randomBytes } from 'node:crypto';
import { localAccount, localRegion } from './template/resource-identities.ts';

/** An event before the bus puts it into EventBridge's envelope. */
export interface AwsEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources: readonly string[];
  readonly detail: object;
}

interface CreatedObject {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

/** What S3 sends to EventBridge for a finished object; its key is not URL-encoded. */
export function objectCreatedEvent({ bucket, ...object }: CreatedObject): AwsEvent {
  return {
    source: 'aws.s3',
    'detail-type': 'Object Created',
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { ...object, sequencer: randomBytes(9).toString('hex').toUpperCase() },
      'request-id': randomBytes(8).toString('hex').toUpperCase(),
      requester: localAccount,
      'source-ip-address': '127.0.0.1',
      reason: 'PutObject',
    },
  };
}

/** What a schedule sends each time. */
export function scheduledEvent(ruleName: string): AwsEvent {
  const arn = `arn:aws:events:${localRegion}:${localAccount}:rule/${ruleName}`;
  return { source: 'aws.events', 'detail-type': 'Scheduled Event', resources: [arn], detail: {} };
}
