import * as z from 'zod';
import type { FaultInput } from '../../infra/local/simulated-providers/faults.ts';
import type { Task } from '../../shared/domain/task.ts';
import type { ApiResponse } from '../support/http-events.ts';
import { type InProcessGateway, startInProcessGateway } from '../support/in-process-gateway.ts';
import { readMonth } from '../support/in-process-month.ts';

type Headers = Readonly<Record<string, string>>;

/** The gateway in one process, in the words of a customer with a pain. */
export interface PainGateway extends InProcessGateway {
  /** Orders; throws unless the order was accepted. */
  order(json: object, headers?: Headers): Promise<string>;
  tryOrder(json: object, headers?: Headers): Promise<ApiResponse>;
  /** Orders and lets everything happen that follows. */
  orderToEnd(json: object): Promise<Task>;
  /** How many jobs all providers together accepted for a prompt. */
  countJobs(prompt: string): number;
  breakProvider(name: string, ...faults: readonly FaultInput[]): void;
  readMonth(): ReturnType<typeof readMonth>;
}

const videoSchema = z.object({ id: z.string() });

export async function openPainGateway(): Promise<PainGateway> {
  const gateway = await startInProcessGateway({ jobSeconds: 180, videoBytes: 20_000 });
  const tryOrder = (json: object, headers: Headers = {}) =>
    gateway.call({ method: 'POST', path: '/v1/videos', json, headers });
  const order = async (json: object, headers?: Headers) => {
    const answer = await tryOrder(json, headers);
    if (answer.status !== 200) throw new Error(`Refused: ${JSON.stringify(answer.body)}`);
    return videoSchema.parse(answer.body).id;
  };
  return {
    ...gateway,
    tryOrder,
    order,
    async orderToEnd(json) {
      const id = await order(json);
      await gateway.runToEnd();
      return gateway.readTask(id);
    },
    countJobs: (prompt) =>
      [...gateway.simulated.values()]
        .flatMap((provider) => provider.jobs())
        .filter((job) => job.prompt === prompt).length,
    breakProvider: (name, ...faults) => gateway.simulated.get(name)?.setFaults(faults),
    readMonth: () => readMonth(gateway),
  };
}
