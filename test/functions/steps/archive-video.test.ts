import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { archiveVideo } from '../../../functions/steps/archive-video/archive-video.ts';
import { checkJob } from '../../../functions/steps/check-job/check-job.ts';
import { submitToProvider } from '../../../functions/steps/submit-to-provider/submit-to-provider.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { archiveVideo as archive } from '../../../shared/media/archive.ts';
import { createSafeFetch } from '../../../shared/media/safe-fetch.ts';
import { createMediaStore, type MediaStore, videoKey } from '../../../shared/storage/media-store.ts';
import { createStreamUpload } from '../../../shared/storage/stream-upload.ts';
import { createFilm } from '../../shared/media/films.ts';
import { startOrigin } from '../../shared/media/origins.ts';
import { startMediaBucket } from '../../support/media-bucket.ts';
import { placeTestOrder } from '../../support/orders.ts';
import { aFinishedPiapiTask, aPiapiTask, type Steps, startSteps } from '../../support/steps.ts';

const film = createFilm();
let steps: Steps;
let media: MediaStore;
/** The provider's file server: one path works, all others are dead. */
let cdn: string;
let runStep: (task: Task) => ReturnType<typeof archiveVideo>;

beforeEach(async () => {
  steps = await startSteps();
  const bucket = await startMediaBucket();
  media = createMediaStore(bucket);
  cdn = await startOrigin((request, response) => {
    if (request.url === '/good.mp4') response.end(film);
    else response.writeHead(request.url === '/busy.mp4' ? 503 : 404).end();
  });
  const tools = {
    safeFetch: createSafeFetch({ trustedOrigins: [cdn] }),
    uploadStream: createStreamUpload(bucket),
  };
  const context = { ...steps.context, archive: (url: string, key: string) => archive({ url, key }, tools) };
  runStep = (task) => archiveVideo({ taskId: task.id, run: 1 }, context);
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

  it('books nothing by itself when the task was given up meanwhile', async () => {
    const task = await finishedAt('/good.mp4');
    const failure = { code: 'archive_failed', message: 'Given up', charged: 'yes' };
    await steps.tasks.amend(task.id, { set: { failure } });

    expect(await runStep(task)).toEqual({ decision: 'settle' });
    expect((await read(task))?.result).toBeUndefined();
  });
});
