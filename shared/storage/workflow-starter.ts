import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type DeliveryInput, deliveryExecutionName } from '../domain/webhook.ts';
import { executionName, type StepInput } from '../domain/workflow-state.ts';

/** Starts the execution of a run. Starting it twice is the same as once. */
export async function startExecution(
  client: SFNClient,
  stateMachineArn: string,
  input: StepInput,
): Promise<void> {
  await startNamed(client, stateMachineArn, { name: executionName(input), input });
}

/** Starts the execution of a delivery's run. Starting it twice is the same as once. */
export async function startDelivery(
  client: SFNClient,
  stateMachineArn: string,
  input: DeliveryInput,
): Promise<void> {
  await startNamed(client, stateMachineArn, { name: deliveryExecutionName(input), input });
}

async function startNamed(
  client: SFNClient,
  stateMachineArn: string,
  { name, input }: { readonly name: string; readonly input: object },
): Promise<void> {
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
}

/** How the execution of a run stands: `absent` was never started, `dead` ended without being restarted. */
export async function executionStanding(
  client: SFNClient,
  stateMachineArn: string,
  input: StepInput,
): Promise<'absent' | 'running' | 'dead'> {
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${executionName(input)}`;
  try {
    const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING' || status === 'PENDING_REDRIVE' ? 'running' : 'dead';
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return 'absent';
    throw error;
  }
}

/** A sleeper that was released already, or whose execution is gone, needs nothing more. */
const doneNames: ReadonlySet<string> = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

/** Releases an execution that sleeps in AwaitWakeUp. */
export async function releaseSleeper(client: SFNClient, taskToken: string): Promise<void> {
  try {
    await client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
  } catch (error) {
    if (!(error instanceof Error && doneNames.has(error.name))) throw error;
  }
}
