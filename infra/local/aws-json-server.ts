import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { AwsServiceError } from './aws-service-error.ts';
import { startHttpServer } from './http-server.ts';
import type { LocalServer } from './local-server.ts';

/**
 * Answers one operation. `input` is JSON that nobody has checked; a thrown `AwsServiceError` refuses it, a
 * thrown `ZodError` finds it malformed.
 */
export type AwsJsonService = (operation: string, input: unknown) => Promise<object>;

interface AwsJsonServerOptions {
  readonly port?: number;
  /** By the prefix of `X-Amz-Target`, for example `AmazonSSM`. */
  readonly services: Readonly<Record<string, AwsJsonService>>;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

/**
 * Serves the AWS JSON protocols 1.0 and 1.1: what the pinned SDK clients of DynamoDB, Step Functions, SSM
 * and EventBridge send, and the AWS CLI.
 */
export function startAwsJsonServer({ port, services }: AwsJsonServerOptions): Promise<LocalServer> {
  return startHttpServer(async (request, response) => {
    const { status, body } = await answer(request, services).catch(toErrorAnswer);
    send(response, { status, body, contentType: request.headers['content-type'] });
  }, port);
}

async function answer(request: IncomingMessage, services: AwsJsonServerOptions['services']): Promise<Answer> {
  const [prefix, operation] = String(request.headers['x-amz-target'] ?? '').split('.');
  const text = await readText(request);
  const service = Object.entries(services).find(([name]) => name === prefix)?.[1];
  if (service === undefined || operation === undefined) {
    throw new AwsServiceError('UnknownOperationException', `No service here answers ${prefix}.${operation}`);
  }
  return { status: 200, body: await service(operation, parseJson(text)) };
}

/** By events, because a stream's iterator costs more than the answer to most requests. */
function readText(request: IncomingMessage): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => resolve(Buffer.concat(chunks).toString()));
  request.on('error', reject);
  return promise;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    throw new AwsServiceError('SerializationException', 'The request body is not JSON');
  }
}

function toErrorAnswer(error: unknown): Answer {
  if (error instanceof AwsServiceError) {
    return { status: 400, body: { __type: error.code, message: error.message, ...error.details } };
  }
  if (error instanceof z.ZodError) {
    return { status: 400, body: { __type: 'ValidationException', message: z.prettifyError(error) } };
  }
  console.error('An embedded AWS service failed', error);
  return { status: 500, body: { __type: 'InternalFailure', message: 'The embedded service failed' } };
}

function send(response: ServerResponse, answer: Answer & { contentType: string | undefined }) {
  const text = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    'content-type': answer.contentType ?? 'application/x-amz-json-1.0',
    // Without it the answer goes out in chunks, which takes four writes.
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(text);
}
