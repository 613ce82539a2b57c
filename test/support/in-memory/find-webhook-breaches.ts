import { requireOutput } from '../../../infra/local/provision.ts';
import { isTerminal } from '../../../shared/domain/task.ts';
import type { MemoryGateway } from './memory-gateway.ts';
import type { Books } from './read-books.ts';

/**
 * What is wrong with the webhooks once nothing is under way any more: each order that has one and ended is told of in
 * one message, which arrives until its receiver takes it, and nobody is told anything else.
 */
export function findWebhookBreaches(books: Books, { world, stack }: MemoryGateway): string[] {
  const { tasks, prompts, deliveries, tellingIds } = books;
  const { engine, receiver } = world();
  const received = receiver.received();
  const running = engine.listExecutions({
    stateMachineArn: requireOutput(stack, 'DeliveryMachineArn'),
    statusFilter: 'RUNNING',
  });
  const ended = tasks.filter(({ id, state }) => tellingIds.has(id) && isTerminal(state));
  const known = new Set(deliveries.map(({ id }) => id));
  return [
    ...ended.flatMap(({ id }) => {
      const messages = deliveries.filter(({ taskId }) => taskId === id).length;
      return messages === 1 ? [] : [`"${prompts.get(id)}" is told of in ${messages} messages`];
    }),
    ...deliveries.flatMap(({ id, status, attempts, taskId = '' }) => {
      const arrived = received.filter((other) => other === id).length;
      // The receiver refuses what it sees for the first time.
      const isTold = status === 'delivered' && arrived > 1 && arrived <= attempts;
      // What is deleted while it is told of is told of no more.
      const isOver = isTold || (status === 'dropped' && !tellingIds.has(taskId));
      return isOver ? [] : [`${id} is ${status} after ${attempts} attempts, and came ${arrived} times`];
    }),
    ...received.filter((id) => !known.has(id)).map((id) => `nobody wrote down that ${id} is sent`),
    ...running.executions.map(({ name }) => `the delivery ${name} still runs`),
  ];
}
