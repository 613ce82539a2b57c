import { pipeline } from 'node:stream/promises';
import { startHttpServer } from '../../../infra/local/http-server.ts';
import type { LocalServer } from '../../../infra/local/local-server.ts';
import type { ApiResponse } from '../../support/http-events.ts';
import type { MemoryGateway } from '../../support/in-memory/memory-gateway.ts';

/** Where the links that a gateway in memory signs lead to. */
const memoryOrigin = 'http://aws.memory';
const { host } = new URL(memoryOrigin);

interface ServedBucket extends LocalServer {
  /** The answer, leading to this server instead. */
  redirect(answer: ApiResponse): ApiResponse;
}

/** Serves the objects of signed links over a socket, for clients that follow them. */
export async function startBucketServer({ world }: MemoryGateway): Promise<ServedBucket> {
  const server = await startHttpServer(async ({ method = 'GET', url: path = '/' }, response) => {
    const answer = await world().s3.request({ method, path, headers: { host } });
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    await pipeline(answer, response);
  });
  return {
    ...server,
    redirect(answer) {
      const { location } = answer.headers;
      if (location === undefined) return answer;
      const headers = { ...answer.headers, location: location.replace(memoryOrigin, server.url) };
      return { ...answer, headers };
    },
  };
}
