import { parseArgs } from 'node:util';
import { toUsd } from '../../domain/money.ts';
import { isTerminal, type Task } from '../../domain/task.ts';
import { holdOf } from '../../domain/task-outcome.ts';
import { fromVideoId, isTaskId, toVideoId } from '../../ids.ts';
import { hasKeptHold, type Resolution, resolutionOf, resolveTask } from '../../ledger/resolve.ts';
import { CommandError } from './command-error.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { describeEvidence } from './describe-evidence.ts';
import { openMedia } from './open-media.ts';
import { runCommand } from './run-command.ts';
import { toTable } from './text-table.ts';

const usage = `npm run tasks -- show ID [--stack STACK]
npm run tasks -- resolve ID --captured|--released [--stack STACK]
                                ends the kept hold of a submit_unknown: captured if its provider took
                                the money, released if it did not; this cannot be taken back. Captured,
                                a video that turned up since is published, also if it turns up later

Without --stack the tasks are those of the local gateway. ID is the id of a video.`;

async function requireTask(id: string, { tasks }: Deployment): Promise<Task> {
  const task = await tasks.getTask(id);
  if (task === undefined) throw new CommandError(`There is no video ${toVideoId(id)}`);
  return task;
}

async function show(deployment: Deployment, id: string): Promise<string> {
  const task = await requireTask(id, deployment);
  const { failure, resolvedAt } = task;
  const facts = [
    ['video', toVideoId(task.id)],
    ['account', task.account],
    ['state', failure === undefined ? task.state : `${task.state}: ${failure.code}, ${failure.message}`],
    ['order', `${task.model} ${task.operation} at ${task.provider}`],
    ['accepted', task.createdAt],
    ...(task.cancelRequestedAt === undefined ? [] : [['cancel requested', task.cancelRequestedAt]]),
    ...(task.completedAt === undefined ? [] : [['ended', task.completedAt]]),
    ...(task.expiresAt === undefined ? [] : [['expires', task.expiresAt]]),
    ...(task.deletedAt === undefined ? [] : [['deleted', task.deletedAt]]),
    ['hold', `${toUsd(task.holdMicroUsd)} USD of ${task.holdMonth}, ${describeHold(task)}`],
    ...(resolvedAt === undefined ? [] : [['resolved', resolvedAt]]),
    ...describeEvidence(task, await isFilmGone(task, deployment)),
    ...describeLinks(task),
  ];
  return [toTable(facts), ...(task.attempts.length === 0 ? [] : [describeAttempts(task)])].join('\n\n');
}

function describeLinks({ retryOf, retriedBy, remixOf }: Task): string[][] {
  const links = { 'retry of': retryOf, 'retried by': retriedBy, 'remix of': remixOf };
  return Object.entries(links).flatMap(([name, id]) => (id === undefined ? [] : [[name, toVideoId(id)]]));
}

function describeHold(task: Task): string {
  return hasKeptHold(task) ? 'kept: ask the provider, then resolve it' : holdOf(task);
}

function describeAttempts({ attempts }: Task): string {
  const rows = attempts.map(({ number, provider, outcome, claimedAt, jobId, failure }) => [
    `${number}`,
    provider,
    claimedAt,
    outcome ?? 'claimed',
    jobId ?? 'no job known',
    failure?.code ?? '',
  ]);
  return toTable([['attempt', 'provider', 'claimed', 'outcome', 'job', 'failure'], ...rows]);
}

async function resolve(deployment: Deployment, id: string, resolution: Resolution): Promise<string> {
  const task = await requireTask(id, deployment);
  if (!hasKeptHold(task)) return describeEnded(task, resolution);
  const isGone = resolution === 'captured' && (await isFilmGone(task, deployment));
  const resolving = { resolution, now: new Date(), isFilmGone: isGone };
  const written = await resolveTask(task, resolving, deployment.ledger);
  // Somebody was faster, or its video was archived at this moment: the row is read again.
  if (written === 'stale') return resolve(deployment, id, resolution);
  const amount = `${toUsd(task.holdMicroUsd)} USD of ${task.account} in ${task.holdMonth}`;
  const outcome = resolution === 'captured' ? 'are charged' : 'are free again';
  const publication = written === 'published' ? ', and its video is published' : '';
  const loss = isGone
    ? '. The video that was archived for it is gone from the bucket: none is published'
    : '';
  return `${toVideoId(id)} is resolved: ${amount} ${outcome}${publication}${loss}`;
}

/** What nobody resolves for over a year leaves the bucket, by the rule for its folder. */
async function isFilmGone(task: Task, deployment: Deployment): Promise<boolean> {
  if (task.result === undefined || !hasKeptHold(task)) return false;
  return (await openMedia(deployment).headObject(task.result.key)) === undefined;
}

/** Saying the same again is no fault; anything else about a hold that is not kept is. */
function describeEnded(task: Task, wanted: Resolution): string {
  const video = toVideoId(task.id);
  const { state, resolvedAt } = task;
  const resolution = resolutionOf(task);
  if (resolution === wanted) return `${video} was ${resolution} already, at ${resolvedAt}`;
  if (resolution !== undefined) {
    throw new CommandError(`${video} was ${resolution} at ${resolvedAt}, which cannot be taken back`);
  }
  const why = isTerminal(state) ? `its hold was ${describeHold(task)} when it ended` : 'it goes on';
  throw new CommandError(
    `${video} is ${state} and ${why}; only a submit_unknown that keeps its hold is resolved`,
  );
}

async function run(args: readonly string[]): Promise<void> {
  const flag = { type: 'boolean', default: false } as const;
  const options = { captured: flag, released: flag, stack: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const act = prepare(positionals, values);
  process.stdout.write(`${await act(await openDeployment(values.stack))}\n`);
}

interface Flags {
  readonly captured: boolean;
  readonly released: boolean;
}

/** The deployment is opened only for what can be done. */
function prepare(
  [action, given, ...others]: readonly string[],
  { captured, released }: Flags,
): (deployment: Deployment) => Promise<string> {
  if (given === undefined || others.length > 0) throw new CommandError(usage);
  const id = fromVideoId(given) ?? given;
  if (!isTaskId(id))
    throw new CommandError(`"${given}" is not the id of a video, such as video_331ac6c1e3d7ead4`);
  if (action === 'show' && !captured && !released) return (deployment) => show(deployment, id);
  if (action !== 'resolve' || captured === released) throw new CommandError(usage);
  return (deployment) => resolve(deployment, id, captured ? 'captured' : 'released');
}

await runCommand({ usage, run });
