import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { AwsJsonService } from '../../../infra/local/aws-json-server.ts';
import { AwsServiceError } from '../../../infra/local/aws-service-error.ts';
import { localCredentials } from '../../../infra/local/function-overrides.ts';
import { localRegion } from '../../../infra/local/template/resource-identities.ts';
import type { InProcessClients } from '../in-process-servers.ts';
import type { MemoryServer } from './memory-server.ts';

interface Services {
  readonly dynamodb: AwsJsonService;
  readonly stepFunctions: AwsJsonService;
  readonly parameters: AwsJsonService;
  readonly s3: MemoryServer;
}

/** What the SDK hands to its transport. */
interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/**
 * The real SDK on the embedded services themselves, without a socket. What it adds for AWS alone is left out, and so
 * are its pauses before a repetition.
 */
export function createMemoryClients(services: Services): InProcessClients {
  const clients = createClients(services);
  for (const { middlewareStack } of Object.values(clients))
    for (const name of decorations) middlewareStack.remove(name);
  return clients;
}

const decorations = [
  'loggerMiddleware',
  'getUserAgentMiddleware',
  'hostHeaderMiddleware',
  'recursionDetectionMiddleware',
] as const;

function createClients(services: Services): InProcessClients {
  const endpoint = 'http://aws.memory';
  const credentials = { ...localCredentials };
  const settings = { endpoint, region: localRegion, credentials, cacheMiddleware: true, retryStrategy };
  const unsigned = { ...settings, signer: { sign: async <Request>(request: Request) => request } };
  return {
    dynamodb: new DynamoDBClient({ ...unsigned, requestHandler: awsJsonHandler(services.dynamodb) }),
    sfn: new SFNClient({ ...unsigned, requestHandler: awsJsonHandler(services.stepFunctions) }),
    ssm: new SSMClient({ ...unsigned, requestHandler: awsJsonHandler(services.parameters) }),
    s3: new S3Client({
      ...settings,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: httpHandler(services.s3),
    }),
  };
}

/** As the SDK's own repeats a request, but at once. */
const retryStrategy = {
  mode: 'standard',
  acquireInitialRetryToken: async () => toRetryToken(0),
  async refreshRetryTokenForRetry(token: RetryToken, { errorType }: { readonly errorType: string }) {
    const retries = token.getRetryCount() + 1;
    if (errorType === 'CLIENT_ERROR' || retries > maxRetries) throw new Error('It is not tried again');
    return toRetryToken(retries);
  },
  recordSuccess: () => undefined,
};
const maxRetries = 2;
type RetryToken = ReturnType<typeof toRetryToken>;

function toRetryToken(retries: number) {
  return { getRetryCount: () => retries, getRetryDelay: () => 0, getRetryCost: () => undefined };
}

function awsJsonHandler(service: AwsJsonService) {
  return {
    async handle({ headers, body }: WireRequest) {
      const operation = headers['x-amz-target']?.split('.')[1] ?? '';
      const { statusCode, content } = await answer(service, operation, JSON.parse(toText(body)));
      const answerHeaders = { 'content-type': 'application/x-amz-json-1.0' };
      return { response: { statusCode, headers: answerHeaders, body: Buffer.from(JSON.stringify(content)) } };
    },
  };
}

const decoder = new TextDecoder();

function toText(body: WireRequest['body'] = ''): string {
  return typeof body === 'string' ? body : decoder.decode(body);
}

async function answer(service: AwsJsonService, operation: string, input: unknown) {
  try {
    return { statusCode: 200, content: await service(operation, input) };
  } catch (error) {
    if (!(error instanceof AwsServiceError)) throw error;
    return { statusCode: 400, content: { __type: error.code, message: error.message, ...error.details } };
  }
}

function httpHandler(server: MemoryServer) {
  return {
    async handle({ method, path, query = {}, headers, body }: WireRequest) {
      const pairs = Object.entries(query).flatMap(([name, value]) =>
        [value ?? ''].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
      );
      const search = pairs.length === 0 ? '' : `?${pairs.join('&')}`;
      const response = await server.request({ method, path: path + search, headers, body });
      const answerHeaders = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
      const { statusCode = 0 } = response;
      return { response: { statusCode, headers: Object.fromEntries(answerHeaders), body: response } };
    },
  };
}
