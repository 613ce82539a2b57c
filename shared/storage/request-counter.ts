import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { type RateStanding, rateWindowAt } from '../domain/rate-limit.ts';
import { isConditionFailure } from './task-items.ts';
import type { TaskTable } from './task-store.ts';
import { toUpdateParts } from './update-expression.ts';

/** Functions whose clocks differ may still count in a minute that is over. */
const keptSeconds = 3600;

/** A key that may make so many requests a minute. */
interface LimitedKey {
  readonly account: string;
  readonly keyId: string;
  readonly requestsPerMinute: number;
}

export interface RequestCounter {
  /**
   * Counts a request in its minute, unless the key has made as many as it may: then nothing is written. However many
   * come at once, no more than the limit are within it. The SDK repeats a write whose answer was lost, and may so
   * count a request twice.
   */
  count(key: LimitedKey, now: Date): Promise<RateStanding>;
}

const countedSchema = z.object({ requestCount: z.number().int() });

/** A row for each key and minute: one write a request decides, and what is over expires by itself. */
export function createRequestCounter({ client, tableName }: TaskTable): RequestCounter {
  return {
    async count({ account, keyId, requestsPerMinute: limit }, now) {
      const { startsAt, endsAt: resetsAt } = rateWindowAt(now);
      const changes = {
        set: { expireAtSeconds: Date.parse(resetsAt) / 1000 + keptSeconds },
        add: { requestCount: 1 },
      };
      const text = 'attribute_not_exists({requestCount}) OR {requestCount} < :limit';
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: marshall({ pk: `RATE#${account}#${keyId}`, sk: startsAt }),
        ...toUpdateParts(changes, { text, values: { ':limit': limit } }),
        ReturnValues: 'UPDATED_NEW',
      });
      try {
        const { Attributes = {} } = await client.send(command);
        const { requestCount } = countedSchema.parse(unmarshall(Attributes));
        return { isWithin: true, limit, remaining: limit - requestCount, resetsAt };
      } catch (error) {
        if (isConditionFailure(error)) return { isWithin: false, limit, remaining: 0, resetsAt };
        throw error;
      }
    },
  };
}
