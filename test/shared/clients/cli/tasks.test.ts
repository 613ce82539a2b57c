import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../../../shared/domain/job-progress.ts';
import type { Task } from '../../../../shared/domain/task.ts';
import { newShortId } from '../../../../shared/ids.ts';
import { settleTask } from '../../../../shared/ledger/settle.ts';
import { type LocalCommands, startLocalCommands } from '../../../support/local-commands.ts';
import { placeTestOrder, readMonth } from '../../../support/orders.ts';
import { placeSubmitUnknown } from '../../../support/submit-unknown.ts';
import type { Tables } from '../../../support/tables.ts';

const refusal: Failure = { code: 'content_rejected', message: 'Refused', charged: 'no' };

let commands: LocalCommands;
let tables: Tables;
let account: string;
beforeAll(async () => {
  commands = await startLocalCommands();
  tables = commands.tables;
});
afterAll(() => commands.close());
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
    expect(kept.output).toMatch(/^1 +piapi +\S+ +unknown +no job known$/m);
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
