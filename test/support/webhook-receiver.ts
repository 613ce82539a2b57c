import { text } from 'node:stream/consumers';
import { startHttpServer } from '../../infra/local/http-server.ts';
import { holdMessageToContract } from './contract/hold-to-contract.ts';

export interface ReceivedWebhook {
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * A customer's server that keeps what it gets and answers as it is told, at first with 200; `hang` never answers. What
 * it got is shown only as long as all of it keeps to the published contract.
 */
export async function startWebhookReceiver() {
  const received: ReceivedWebhook[] = [];
  let reply: Reply | 'hang' = { status: 200 };
  const server = await startHttpServer(async (request, response) => {
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    received.push({
      path: request.url ?? '',
      headers: Object.fromEntries(headers),
      body: await text(request),
    });
    if (reply !== 'hang') response.writeHead(reply.status, reply.headers).end(reply.body);
  });
  return {
    url: server.url,
    get received(): ReceivedWebhook[] {
      for (const { body } of received) holdMessageToContract(body);
      return received;
    },
    answerWith(next: Reply | 'hang') {
      reply = next;
    },
    close: () => server.close(),
  };
}
export type WebhookReceiver = Awaited<ReturnType<typeof startWebhookReceiver>>;
