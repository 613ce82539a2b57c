import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { archiveVideo } from '../../../functions/steps/archive-video/archive-video.ts';
import { checkJob } from '../../../functions/steps/check-job/check-job.ts';
import { submitToProvider } from '../../../functions/steps/submit-to-provider/submit-to-provider.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { archiveVideo as archive } from '../../../shared/media/archive.ts';
import { inspectStored } from '../../../shared/media/inspect-stored.ts';
import { createSafeFetch } from '../../../shared/media/safe-fetch.ts';
import type { StepContext } from '../../../shared/steps/step-context.ts';
import { createMediaStore, type MediaStore, videoKey } from '../../../shared/storage/media-store.ts';
import { createStreamDownload } from '../../../shared/storage/stream-download.ts';
import { createStreamUpload } from '../../../shared/storage/stream-upload.ts';
import type { TaskStore } from '../../../shared/storage/task-store.ts';
import { createFilm } from '../../shared/media/films.ts';
import { startOrigin } from '../../shared/media/origins.ts';
import { archivedResult, changeEnded, placeLateJob } from '../../support/late-job.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';
import { everyDeath, mortal, untilKilled } from '../../support/mortal.ts';
import { placeTestOrder, readMonth } from '../../support/orders.ts';
import { aFinishedPiapiTask, aPiapiTask, type Steps, startSteps } from '../../support/steps.ts';

const film = createFilm();
let steps: Steps;
let media: MediaStore;
/** The provider's file server: one path works, all others are dead. */
let cdn: string;
/** Whether the path that works is dead as well since. */
let isGone: boolean;
let runStep: (task: Task, context?: StepContext) => ReturnType<typeof archiveVideo>;

beforeEach(async () => {
  steps = await startSteps();
  const bucket = await startMediaBucket();
  media = createMediaStore(bucket);
  isGone = false;
  cdn = await startOrigin((request, response) => {
    if (request.url === '/good.mp4' && !isGone) response.end(film);
    else response.writeHead(request.url === '/busy.mp4' ? 503 : 404).end();
  });
  const tools = {
    safeFetch: createSafeFetch({ trustedOrigins: [cdn] }),
    uploadStream: createStreamUpload(bucket),
  };
  const copy = (url: string, key: string) => archive({ url, key }, tools);
  runStep = ({ id }, context = steps.context) =>
    archiveVideo(
      { taskId: id, run: 1 },
      {
        ...context,
        archive: copy,
        inspectStored: (key) => inspectStored(key, createStreamDownload(bucket)),
      },
    );
});
afterEach(() => steps.close());

async function finishedAt(path: string): Promise<Task> {
  const task = await placeTestOrder(steps);
  steps.upstream.reply(aPiapiTask(), aFinishedPiapiTask(`${cdn}${path}`));
  await submitToProvider({ taskId: task.id, run: 1 }, steps.submitContext);
  await checkJob({ taskId: task.id, run: 1 }, steps.context);
  return task;
}
const read = (task: Task) => steps.tasks.getTask(task.id);

describe('archiveVideo', () => {
  it('copies the video into the bucket and writes down what was stored', async () => {
    const task = await finishedAt('/good.mp4');

    expect(await runStep(task)).toEqual({ decision: 'settle' });

    expect((await read(task))?.result).toMatchObject({
      key: videoKey(task.id),
      bytes: film.length,
      width: 1280,
    });
    expect(await media.headObject(videoKey(task.id))).toMatchObject({ bytes: film.length });
  });

  it('asks the provider for a fresh link when the old one is dead', async () => {
    const task = await finishedAt('/dead.mp4');
    steps.upstream.reply(aFinishedPiapiTask(`${cdn}/good.mp4`));

    expect(await runStep(task)).toEqual({ decision: 'settle' });
  });

  it('asks to be run again when the fresh link is dead too', async () => {
    const task = await finishedAt('/dead.mp4');
    steps.upstream.reply(aFinishedPiapiTask(`${cdn}/dead-too.mp4`));

    await expect(runStep(task)).rejects.toMatchObject({ name: 'TransientStepError' });
    expect(await read(task)).toMatchObject({ state: 'archiving' });
  });

  it('asks to be run again, without asking the provider, when the server is busy', async () => {
    const task = await finishedAt('/busy.mp4');
    const asked = steps.upstream.requests.length;

    await expect(runStep(task)).rejects.toMatchObject({ name: 'TransientStepError' });
    expect(steps.upstream.requests).toHaveLength(asked);
  });

  it('changes nothing when it runs twice', async () => {
    const task = await finishedAt('/good.mp4');
    await runStep(task);
    const before = await read(task);

    expect(await runStep(task)).toEqual({ decision: 'settle' });
    expect(await read(task)).toEqual(before);
  });

  it('copies again after it died between the copy and the row', async () => {
    const task = await finishedAt('/good.mp4');
    await media.putObject(videoKey(task.id), film, 'video/mp4');

    expect(await runStep(task)).toEqual({ decision: 'settle' });
    expect((await read(task))?.result).toMatchObject({ bytes: film.length });
  });

  it.each(everyDeath(1))(
    'keeps what it stored when it died $when the row and every link is dead since',
    async (death) => {
      const task = await finishedAt('/good.mp4');
      expect(await untilKilled(runStep(task, mortal(steps.context, death)))).toBe('killed');
      isGone = true;
      steps.upstream.reply({ status: 404, body: {} });

      expect(await runStep(task)).toEqual({ decision: 'settle' });

      expect((await read(task))?.result).toEqual({
        key: videoKey(task.id),
        bytes: film.length,
        sha256: createHash('sha256').update(film).digest('hex'),
        width: 1280,
        height: 720,
        durationSeconds: 6,
      });
    },
  );

  it('books nothing by itself when the task was given up meanwhile', async () => {
    const task = await finishedAt('/good.mp4');
    const failure = { code: 'archive_failed', message: 'Given up', charged: 'yes' };
    await steps.tasks.amend(task.id, { set: { failure } });

    expect(await runStep(task)).toEqual({ decision: 'settle' });
    expect((await read(task))?.result).toBeUndefined();
  });
});

describe('archiveVideo of a job that showed up late', () => {
  const doneAt = (path: string) =>
    placeLateJob(steps, { row: { 'attempts[0].jobId': 'job-7', outputUrl: `${cdn}${path}` } });

  it('keeps the video with the failed task, and settles neither it nor its money', async () => {
    const task = await doneAt('/good.mp4');

    expect(await runStep(task)).toEqual({ decision: 'settle' });

    expect(await media.headObject(videoKey(task.id))).toMatchObject({ bytes: film.length });
    const { result, outputUrl, ...row } = { ...task, ...(await read(task)) };
    expect(result).toMatchObject({ key: videoKey(task.id), bytes: film.length });
    expect(row).toEqual({ ...task, outputUrl: undefined });
    expect(await readMonth(steps, 'acme')).toEqual({ committedMicroUsd: 200_000, spentMicroUsd: 0 });
  });

  it('asks its provider for a fresh link when the old one is dead', async () => {
    const task = await doneAt('/dead.mp4');
    steps.upstream.reply(aFinishedPiapiTask(`${cdn}/good.mp4`));

    expect(await runStep(task)).toEqual({ decision: 'settle' });
    expect(steps.upstream.requests.map(({ path }) => path)).toEqual(['/api/v1/task/job-7']);
  });

  it.each(everyDeath(1))('archives it once when it died $when the row and two go on', async (death) => {
    const task = await doneAt('/good.mp4');
    expect(await untilKilled(runStep(task, mortal(steps.context, death)))).toBe('killed');

    await Promise.all([runStep(task), runStep(task)]);
    const once = await read(task);
    await runStep(task);

    expect(once?.result).toMatchObject({ bytes: film.length });
    expect(await read(task)).toEqual(once);
  });

  it.each([
    ['is given up', { followUps: [] }],
    ['was written down by a faster run', { result: archivedResult }],
  ])('writes nothing down when the evidence %s meanwhile', async (_, row) => {
    const task = await doneAt('/good.mp4');
    const tasks: TaskStore = {
      ...steps.tasks,
      async amendTerminal(...change) {
        await changeEnded(steps, task, row);
        return steps.tasks.amendTerminal(...change);
      },
    };

    await runStep(task, { ...steps.context, tasks });

    expect(await read(task)).toEqual({ ...task, ...row });
  });
});
