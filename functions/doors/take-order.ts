import type * as z from 'zod';
import type { VideoRequest } from '../../shared/domain/video-request.ts';
import { ConchError } from '../../shared/errors.ts';
import type { Caller } from '../../shared/http/authenticate.ts';
import type { HttpEvent } from '../../shared/http/http-event.ts';
import { getIdempotencyKey } from '../../shared/http/idempotency-key.ts';
import { getRetryCount } from '../../shared/http/retry-count.ts';
import { type ParsedOrder, parseOrder } from '../../shared/ordering/parse-order.ts';
import { placeOrder } from '../../shared/ordering/place-order.ts';
import { type Door, type DoorOrder, dialectOf } from '../../shared/providers/door.ts';
import { readModelName } from '../../shared/routing/catalogue-names.ts';
import type { TaskView } from '../../shared/storage/task-store.ts';
import type { DoorDependencies } from './door-dependencies.ts';
import { withoutNulls } from './without-nulls.ts';

/** Whoever sends it says who shall serve the order, as `provider` does in our own API. */
const providerHeader = 'x-conch-provider';

/** Places what a client wrote in a provider's dialect: that provider comes first, unless the client or its key says otherwise. */
export async function takeOrder(
  { door, order, event }: { readonly door: Door; readonly order: DoorOrder; readonly event: HttpEvent },
  { account, keyId, isKeyCounted, providerChoice }: Caller,
  dependencies: DoorDependencies,
): Promise<TaskView> {
  const chosen = event.headers[providerHeader] ?? providerChoice;
  const fields = {
    ...order.fields,
    ...(isKnown(order.nativeModel, dependencies) && { model: order.nativeModel }),
    ...(order.sourceTaskId !== undefined && { source_video: { video_id: order.sourceTaskId } }),
    ...(chosen !== undefined && { provider: chosen }),
  };
  const parsed = parseOrder(withoutAbsent(fields));
  const idempotencyKey = getIdempotencyKey(event);
  const retryCount = getRetryCount(event);
  return placeOrder(
    {
      account,
      keyId,
      isKeyCounted,
      parsed: withDoor(parsed, {
        door: {
          provider: door.provider,
          dialect: door.dialect,
          echo: order.echo,
          ...(order.warnings !== undefined && { warnings: [...order.warnings] }),
        },
        ...(order.callback !== undefined && { webhook: { ...order.callback, dialect: dialectOf(door) } }),
        ...(chosen === undefined && { preferredProvider: door.provider }),
        ...(order.guidanceScale !== undefined && { guidanceScale: order.guidanceScale }),
      }),
      ...(door.imageLimits !== undefined && { imageLimits: door.imageLimits }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...(retryCount !== undefined && { retryCount }),
    },
    dependencies,
  );
}

/** Two names of a provider may stand for one model: the order shall be served by the one that it names. */
function isKnown(nativeModel: string | undefined, { offers }: DoorDependencies): boolean {
  return nativeModel !== undefined && readModelName(nativeModel, offers) !== undefined;
}

function withDoor(
  { draft, violations }: ParsedOrder,
  made: Pick<VideoRequest, 'door' | 'webhook' | 'preferredProvider' | 'guidanceScale'>,
): ParsedOrder {
  return { draft: { ...draft, takesHttp: true, fields: { ...draft.fields, ...made } }, violations };
}

function withoutAbsent(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** What is null counts as absent. Throws `invalid_request` with everything that the dialect's own rules refuse. */
export function parseDoorBody<Output>(schema: z.ZodType<Output>, body: unknown): Output {
  const parsed = schema.safeParse(withoutNulls(body));
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues.map(({ path, message }) => ({
    param: path.map(String).join('.') || 'body',
    code: 'wrong_type' as const,
    message,
  }));
  if (first === undefined) throw new Error('A refusal without a reason');
  throw new ConchError('invalid_request', first.message, { violations: [first, ...others] });
}
