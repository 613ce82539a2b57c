import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { FetchFailedError } from '../../../shared/errors.ts';
import type { SafePost } from '../../../shared/media/safe-post.ts';
import type { UpstreamHttp } from '../../../shared/providers/upstream-http.ts';
import { describeCommand } from './describe-command.ts';
import type { Workers } from './workers.ts';

interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sfn: SFNClient;
}

interface CommandContext {
  readonly commandName?: string;
}
interface WireAnswer {
  readonly response: unknown;
}
type Send<Arguments, Answer> = (given: Arguments) => Promise<Answer>;

/** Hands every request of the clients to the workers, each try of the SDK by itself, right before it leaves. */
export function tapClients({ dynamodb, s3, sfn }: Clients, workers: Workers): void {
  const place = { step: 'deserialize', priority: 'low', name: 'workers' } as const;
  dynamodb.middlewareStack.add((next, context) => tap(next, context, workers), place);
  s3.middlewareStack.add((next, context) => tap(next, context, workers), place);
  sfn.middlewareStack.add((next, context) => tap(next, context, workers), place);
}

function tap<Arguments extends { readonly input: object }, Answer extends WireAnswer>(
  next: Send<Arguments, Answer | WireAnswer>,
  { commandName = 'unknown' }: CommandContext,
  workers: Workers,
): Send<Arguments, Answer | WireAnswer> {
  return (given) =>
    workers.carry(describeCommand(commandName.replace(/Command$/, ''), given.input), {
      send: () => next(given),
      async broken() {
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      },
      failed: async () => ({ response: { statusCode: 500, headers: {}, body: new Uint8Array() } }),
      isRepeatable: true,
    });
}

/** The same for requests to providers. */
export function tapUpstream(http: UpstreamHttp, workers: Workers): UpstreamHttp {
  return (request) => {
    const { method, url } = request;
    return workers.carry(
      { what: `${method} ${new URL(url).host}`, isWrite: method !== 'GET' },
      {
        send: () => http(request),
        broken: async () => ({ kind: 'lost', message: 'No complete answer: the connection was closed' }),
        failed: async () => ({ kind: 'answered', status: 500, headers: {}, text: 'Internal Server Error' }),
        isRepeatable: method === 'GET',
      },
    );
  };
}

/** The same for webhooks. */
export function tapPost(post: SafePost, workers: Workers): SafePost {
  return (url, message) => {
    const { host } = new URL(url);
    return workers.carry(
      { what: `POST ${host}`, isWrite: true },
      {
        send: () => post(url, message),
        async broken() {
          throw new FetchFailedError(`${host} closed the connection`);
        },
        failed: async () => ({ status: 500, headers: {}, text: '' }),
        isRepeatable: false,
      },
    );
  };
}
