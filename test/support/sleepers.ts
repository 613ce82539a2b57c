import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { startAwsJsonServer } from '../../infra/local/aws-json-server.ts';

const releaseSchema = z.object({ taskToken: z.string() });

/** A Step Functions endpoint that notes, by their tokens, which sleeping executions were released. */
export async function startSleepers() {
  const released: string[] = [];
  const server = await startAwsJsonServer({
    services: {
      AWSStepFunctions: async (_, input) => {
        released.push(releaseSchema.parse(input).taskToken);
        return {};
      },
    },
  });
  return {
    executions: new SFNClient({ endpoint: server.url }),
    released,
    close: () => server.close(),
  };
}
