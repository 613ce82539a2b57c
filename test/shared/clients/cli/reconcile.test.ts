import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secondsAfter } from '../../../../shared/clock.ts';
import { reportKey } from '../../../../shared/ledger/reconciliation-store.ts';
import { createMediaStore, type MediaStore } from '../../../../shared/storage/media-store.ts';
import { type LocalCommands, startLocalCommands } from '../../../support/local-commands.ts';
import { placeTestOrder } from '../../../support/orders.ts';
import { aStoredReport, settleByMonthAlone } from '../../../support/reconciliation.ts';

const yesterday = secondsAfter(new Date(), -86_400);

let commands: LocalCommands;
let s3: S3Client;
let media: MediaStore;
beforeEach(async () => {
  commands = await startLocalCommands();
  s3 = new S3Client({ endpoint: commands.s3Url, forcePathStyle: true });
  media = createMediaStore({ client: s3, bucket: 'media' });
  await media.putObject(reportKey(yesterday.slice(0, 10)), aStoredReport(yesterday), 'application/json');
});
afterEach(async () => {
  s3.destroy();
  await commands.close();
});

describe('npm run reconcile', () => {
  it('prints what was compared since the report of an earlier day, and stores nothing', async () => {
    await placeTestOrder(commands.tables, { now: new Date() });

    const { exitCode, output } = await commands.run('reconcile');

    expect({ exitCode, lines: output.split('\n') }).toEqual({
      exitCode: 0,
      lines: [
        expect.stringMatching(new RegExp(`^\\S+, since ${yesterday}: nothing differs$`)),
        '1 accounts, 1 tasks, 2 counters; amounts in USD',
        '',
      ],
    });
    for (const day of [new Date(), secondsAfter(new Date(), 86_400)]) {
      const key = reportKey(new Date(day).toISOString().slice(0, 10));
      expect(await media.getBytes(key, { maxBytes: 1_000_000 })).toBeUndefined();
    }
  });

  it('prints what differs, readably or as JSON, and ends with 1', async () => {
    const task = await placeTestOrder(commands.tables, { now: new Date(), keyId: 'key_1' });
    await settleByMonthAlone(commands.tables, task);

    const [shown, json] = await Promise.all([commands.run('reconcile'), commands.run('reconcile', '--json')]);

    expect([shown.exitCode, json.exitCode]).toEqual([1, 1]);
    expect(shown.output).toMatch(/: something differs$/m);
    expect(shown.output).toMatch(
      new RegExp(`^acme +key_1 +${task.holdDay} +0\\.20 +0\\.00 +0\\.00 +0\\.20$`, 'm'),
    );
    expect(JSON.parse(json.output)).toMatchObject({
      object: 'reconciliation',
      since: yesterday,
      differs: true,
      differences: { counters: 3, unknown: 0 },
    });
  });

  it('prints its usage for what it does not know', async () => {
    const errors = expect.stringMatching(/npm run reconcile \[-- --json\]/);

    expect(await commands.run('reconcile', 'now')).toMatchObject({ exitCode: 1, output: '', errors });
  });
});
