import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../../../shared/domain/job-progress.ts';
import type { Task } from '../../../../shared/domain/task.ts';
import { newShortId } from '../../../../shared/ids.ts';
import { settleTask } from '../../../../shared/ledger/settle.ts';
import { createMediaStore, type MediaStore } from '../../../../shared/storage/media-store.ts';
import { archivedResult, placeArchivedEvidence } from '../../../support/late-job.ts';
import { type LocalCommands, startLocalCommands } from '../../../support/local-commands.ts';
import { placeTestOrder, readMonth } from '../../../support/orders.ts';
import { storeTask } from '../../../support/stored-tasks.ts';
import { placeSubmitUnknown } from '../../../support/submit-unknown.ts';
import type { Tables } from '../../../support/tables.ts';

const refusal: Failure = { code: 'content_rejected', message: 'Refused', charged: 'no' };

let commands: LocalCommands;
let tables: Tables;
let account: string;
let s3: S3Client;
let media: MediaStore;
beforeAll(async () => {
  commands = await startLocalCommands();
  tables = commands.tables;
  s3 = new S3Client({ endpoint: commands.s3Url, forcePathStyle: true });
  media = createMediaStore({ client: s3, bucket: 'media' });
});
afterAll(async () => {
  s3.destroy();
  await commands.close();
});
beforeEach(() => {
  account = newShortId();
});

const run = (...args: readonly string[]) => commands.run('tasks', ...args);
const video = ({ id }: Task) => `video_${id}`;

describe('npm run tasks', () => {
  it('releases a kept hold, once, and shows it', async () => {
    const task = await placeSubmitUnknown(tables, { account });

    const kept = await run('show', video(task));
    const first = await run('resolve', video(task), '--released');
    const { resolvedAt } = (await tables.tasks.getTask(task.id)) ?? {};
    const second = await run('resolve', task.id, '--released');

    expect(kept.output).toMatch(/^hold +0\.20 USD of 2026-03, kept: ask the provider, then resolve it$/m);
    expect(kept.output).toMatch(/^1 +piapi +\S+ +unknown +no job known +submit_unknown$/m);
    expect(first).toMatchObject({
      exitCode: 0,
      output: `${video(task)} is resolved: 0.20 USD of ${account} in 2026-03 are free again\n`,
    });
    expect(second).toMatchObject({
      exitCode: 0,
      output: `${video(task)} was released already, at ${resolvedAt}\n`,
    });
    expect((await run('show', video(task))).output).toMatch(/^hold +0\.20 USD of 2026-03, released$/m);
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: 0, spentMicroUsd: 0 });
  });

  it('captures a kept hold, and does not take that back', async () => {
    const task = await placeSubmitUnknown(tables, { account });

    const captured = await run('resolve', video(task), '--captured');
    const released = await run('resolve', video(task), '--released');

    expect(captured.output).toBe(
      `${video(task)} is resolved: 0.20 USD of ${account} in 2026-03 are charged\n`,
    );
    expect(released).toMatchObject({
      exitCode: 1,
      output: '',
      errors: expect.stringMatching(/ was captured at \S+, which cannot be taken back\n$/),
    });
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: 0, spentMicroUsd: 200_000 });
  });

  it('shows which video is a retry or a remix of which', async () => {
    const [one, other] = ['331ac6c1e3d7ead4', '3f0dd864b57d7f59'];
    const task = await storeTask(tables, { account, retryOf: one, remixOf: one, retriedBy: other });

    const { output } = await run('show', video(task));

    expect(output).toMatch(/^retry of +video_331ac6c1e3d7ead4$/m);
    expect(output).toMatch(/^remix of +video_331ac6c1e3d7ead4$/m);
    expect(output).toMatch(/^retried by +video_3f0dd864b57d7f59$/m);
  });

  it('shows a canceled video, with the request and what became of its hold', async () => {
    const failure: Failure = { code: 'canceled', message: 'On request', charged: 'no' };
    const end = { state: 'canceled', failure, chargeMicroUsd: 0 } as const;
    const task = await storeTask(tables, { account, ...end, cancelRequestedAt: '2026-03-02T10:01:00.000Z' });

    const { output } = await run('show', video(task));

    expect(output).toMatch(/^state +canceled: canceled, On request$/m);
    expect(output).toMatch(/^cancel requested +2026-03-02T10:01:00.000Z$/m);
    expect(output).toMatch(/^hold +0\.20 USD of 2026-03, released$/m);
  });

  it('shows a deleted video, with its deletion', async () => {
    const [expiresAt, deletedAt] = ['2026-04-01T10:00:00.000Z', '2026-03-03T10:00:00.000Z'];
    const task = await storeTask(tables, { account, state: 'completed', expiresAt, deletedAt });

    const { output } = await run('show', video(task));

    expect(output).toMatch(/^state +completed$/m);
    expect(output).toMatch(/^expires +2026-04-01T10:00:00.000Z$/m);
    expect(output).toMatch(/^deleted +2026-03-03T10:00:00.000Z$/m);
  });

  it('shows the late video that a kept hold can be captured with, and publishes it', async () => {
    const task = await placeArchivedEvidence(tables, { account });
    await media.putObject(archivedResult.key, 'film', 'video/mp4');

    const kept = await run('show', video(task));
    const captured = await run('resolve', video(task), '--captured');

    expect(kept.output).toMatch(/^evidence +job job-7: 4 bytes are archived, sha256 f{64}$/m);
    expect(kept.output).toMatch(/^--captured +would charge 0\.20 USD and publish the archived video$/m);
    expect(captured.output).toBe(
      `${video(task)} is resolved: 0.20 USD of ${account} in 2026-03 are charged, and its video is published\n`,
    );
    expect(await tables.tasks.getTask(task.id)).toMatchObject({ state: 'completed' });
  });

  it('says that the late video is gone, and captures the hold without publishing it', async () => {
    const task = await placeArchivedEvidence(tables, { account });
    await media.deleteObject(archivedResult.key);

    const kept = await run('show', video(task));
    const captured = await run('resolve', video(task), '--captured');

    expect(kept.output).toMatch(/^--captured +would charge 0\.20 USD and publish nothing: .* is gone/m);
    expect(captured.output).toBe(
      `${video(task)} is resolved: 0.20 USD of ${account} in 2026-03 are charged. The video that was archived for it is gone from the bucket: none is published\n`,
    );
    expect(await tables.tasks.getTask(task.id)).toMatchObject({ state: 'failed', chargeMicroUsd: 200_000 });
  });

  it('resolves nothing that keeps no hold', async () => {
    const live = await placeTestOrder(tables, { account });
    const failed = await placeTestOrder(tables, { account });
    await settleTask({ ...failed, failure: refusal }, new Date(), tables.ledger);

    const answers = [
      await run('resolve', video(live), '--captured'),
      await run('resolve', video(failed), '--captured'),
    ];

    expect(answers.map(({ exitCode, errors }) => ({ exitCode, errors }))).toEqual([
      { exitCode: 1, errors: expect.stringContaining('is accepted and it goes on; only a submit_unknown') },
      { exitCode: 1, errors: expect.stringContaining('is failed and its hold was released when it ended') },
    ]);
    expect(await readMonth(tables, account)).toEqual({ committedMicroUsd: 200_000, spentMicroUsd: 0 });
  });

  it.each([
    ['show video_1', '"video_1" is not the id of a video, such as '],
    ['show video_0000000000000000', 'There is no video video_0000000000000000'],
    ['resolve video_0000000000000000', 'npm run tasks -- show ID'],
    ['resolve video_0000000000000000 --captured --released', 'npm run tasks -- show ID'],
    ['show video_0000000000000000 --captured', 'npm run tasks -- show ID'],
    ['show', 'npm run tasks -- show ID'],
    ['end video_0000000000000000', 'npm run tasks -- show ID'],
  ])('says what is wrong with "%s"', async (words, message) => {
    const { exitCode, errors } = await run(...words.split(' '));

    expect({ exitCode, errors: errors.slice(0, message.length) }).toEqual({ exitCode: 1, errors: message });
  });
});
