import { requireOutput } from '../../../infra/local/provision.ts';
import { executionName } from '../../../shared/domain/workflow-state.ts';
import { newTaskId, toVideoId } from '../../../shared/ids.ts';
import type { Judge } from '../fault-kit/workers.ts';
import type { ApiCall } from '../http-events.ts';
import { memoryAccount } from '../in-memory/customer.ts';
import type { CallbackDelivery } from '../in-memory/memory-callbacks.ts';
import type { MemoryGateway } from '../in-memory/memory-gateway.ts';
import { receiverUrl } from '../in-memory/memory-receiver.ts';
import type { Event, History } from './history.ts';
import type { HistoryStage } from './history-player.ts';
import { passTime, passTimer } from './pass-time.ts';

type Play = (event: Event, stage: HistoryStage) => Promise<void> | void;

/** Lets one event begin; what has nothing to happen to is left out. What it sets going goes on by itself. */
export async function playEvent(event: Event, stage: HistoryStage): Promise<void> {
  stage.note(describeEvent(event));
  await plays[event.kind](event, stage);
}

const plays: Readonly<Record<Event['kind'], Play>> = {
  order(event, stage) {
    stage.ordered.add(event.target);
    send(orderCall(event.target, stage.history), event, stage);
  },
  cancel: (event, stage) => sendAbout('POST', '/cancel', event, stage),
  retry: (event, stage) => sendAbout('POST', '/retry', event, stage),
  delete: (event, stage) => sendAbout('DELETE', '', event, stage),
  async run(event, stage) {
    const step = await takeNextStep(event, stage);
    step?.answer(step.run(judgeOf(event, stage)));
  },
  async 'run twice'(event, stage) {
    const step = await takeNextStep(event, stage);
    step?.answer(step.run(judgeOf(event, stage)));
    if (step !== undefined) begin('the other one', step.run(), stage);
  },
  drop(event, { steps }) {
    const failure = Object.assign(new Error('Nobody was there'), { name: 'Lambda.ServiceException' });
    steps.take(event.target)?.answer(Promise.reject(failure));
  },
  callback(event, stage) {
    const delivery = pickOne(stage.callbacks.sent, event.target);
    if (delivery === undefined) return;
    begin('the callback', stage.callbacks.deliver(delivery, judgeOf(event, stage)), stage);
  },
  'forged callback'({ target }, stage) {
    const delivery = pickOne(stage.callbacks.sent, target);
    if (delivery === undefined) return;
    begin('the forgery', stage.gateway.receive(forge(delivery, stage.gateway)), stage);
  },
  freeze: ({ seconds = 0 }, { gateway }) => passTime(seconds, gateway),
  async live({ seconds = 0, mishap }, { gateway, steps, callbacks, strike }) {
    strike(mishap);
    for (const { release } of [steps, callbacks]) release();
    await gateway.activity.untilQuiet();
    await passTime(seconds, gateway);
    for (const { park } of [steps, callbacks]) park();
    strike(undefined);
  },
  sweep: (event, stage) => begin('the sweep', stage.gateway.sweep(judgeOf(event, stage)), stage),
  stop({ target }, { gateway: { world, stack } }) {
    const { engine } = world();
    const stateMachineArn = requireOutput(stack, 'StateMachineArn');
    const { executions } = engine.listExecutions({ stateMachineArn, statusFilter: 'RUNNING' });
    const execution = pickOne(executions, target);
    if (execution !== undefined) engine.stopExecution({ executionArn: execution.executionArn });
  },
  restart({ target }, { gateway: { world, stack }, ordered }) {
    const { engine } = world();
    const stateMachineArn = requireOutput(stack, 'StateMachineArn');
    const input = { taskId: taskIdOf(pickOne([...ordered], target) ?? 0), run: 1 };
    const { executions } = engine.listExecutions({ stateMachineArn });
    const name = `${executionName(input)}-beside-${executions.length}`;
    engine.startExecution({ stateMachineArn, name, input: JSON.stringify(input) });
  },
  resume: ({ target }, { gateway }) => pickOne(gateway.workers.hanging(), target)?.resume(),
};

function pickOne<Value>(values: readonly Value[], target: number): Value | undefined {
  return values[target % Math.max(1, values.length)];
}

const maxTimers = 5;

/** Where no step waits to be run, time passes until one does. */
async function takeNextStep({ target }: Event, { gateway, steps }: HistoryStage) {
  for (let timers = 0; timers < maxTimers && steps.isEmpty(); timers += 1) await passTimer(gateway);
  return steps.take(target);
}

/** In English, as far as it goes. */
function describeEvent({ kind, target, mishap, seconds }: Event): string {
  const what = seconds === undefined ? `${kind} ${target}` : `${kind} for ${seconds} s`;
  return mishap === undefined ? what : `${what}, whose worker's write ${mishap.write} ${mishap.fate}`;
}

function judgeOf({ mishap }: Event, { note }: HistoryStage): Judge {
  return (call, worker) => {
    if (!call.isWrite) return 'passes';
    const fate = worker.writes === mishap?.write ? mishap.fate : 'passes';
    note(`    ${worker.name}: ${call.what} ${fate}`);
    return fate;
  };
}

/** The account's order of this number, always the same. */
export function orderCall(number: number, { orders }: History): ApiCall {
  const { provider = 'auto', hasWebhook = false } = orders[number] ?? {};
  const webhook = hasWebhook && { webhook: { url: receiverUrl } };
  const json = { prompt: nameOf(number), model: 'hailuo-01', provider, ...webhook };
  return { method: 'POST', path: '/v1/videos', headers: { 'idempotency-key': nameOf(number) }, json };
}

function nameOf(number: number): string {
  return `Order ${number}`;
}

function taskIdOf(number: number): string {
  return newTaskId(memoryAccount, nameOf(number));
}

function sendAbout(method: string, action: string, event: Event, stage: HistoryStage): void {
  const number = pickOne([...stage.ordered], event.target) ?? 0;
  const path = `/v1/videos/${toVideoId(taskIdOf(number))}${action}`;
  send({ method, path }, event, stage);
}

function send(call: ApiCall, event: Event, stage: HistoryStage): void {
  const answered = stage.customer.try(call, judgeOf(event, stage));
  begin(
    `${call.method} ${call.path}`,
    answered.then(({ status }) => status),
    stage,
  );
}

function begin(what: string, work: Promise<unknown>, { note }: HistoryStage): void {
  const print = (outcome: unknown) =>
    note(`    ${what}: ${outcome instanceof Error ? outcome.name : JSON.stringify(outcome)}`);
  work.then(print, print);
}

/** The same with the id of another job, where there is one, in place of its own. */
function forge({ path, message }: CallbackDelivery, { world }: MemoryGateway): CallbackDelivery {
  const jobs = [...world().providers.values()].flatMap((provider) => provider.jobs());
  const own = jobs.find(({ id }) => message.body.includes(id));
  const other = jobs.find(({ id }) => id !== own?.id);
  if (own === undefined || other === undefined) return { path, message };
  return { path, message: { ...message, body: message.body.replaceAll(own.id, other.id) } };
}
