import type { Store } from 'dynalite/db/index.js';
import * as z from 'zod';
import { requireTable } from './dynalite.ts';

const settingsSchema = z.object({
  timeToLiveAttribute: z.string().optional(),
  isPointInTimeRecoverable: z.boolean().default(false),
});
type TableSettings = z.infer<typeof settingsSchema>;

const tableSchema = z.object({ TableName: z.string() });
const timeToLiveSchema = tableSchema.extend({
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }),
});
const backupsSchema = tableSchema.extend({
  PointInTimeRecoverySpecification: z.object({ PointInTimeRecoveryEnabled: z.boolean() }),
});

type SettingOperation = (store: Store, input: unknown) => Promise<object>;

/** The table settings that dynalite lacks. They are kept and told; nothing expires and nothing is backed up. */
export const settingOperations: Readonly<Record<string, SettingOperation>> = {
  async DescribeTimeToLive(store, input) {
    const { timeToLiveAttribute: AttributeName } = await readSettings(store, tableSchema.parse(input));
    const description =
      AttributeName === undefined
        ? { TimeToLiveStatus: 'DISABLED' }
        : { TimeToLiveStatus: 'ENABLED', AttributeName };
    return { TimeToLiveDescription: description };
  },

  async UpdateTimeToLive(store, input) {
    const { TimeToLiveSpecification, ...table } = timeToLiveSchema.parse(input);
    const { Enabled, AttributeName } = TimeToLiveSpecification;
    const { isPointInTimeRecoverable } = await readSettings(store, table);
    await writeSettings(store, table, {
      isPointInTimeRecoverable,
      ...(Enabled ? { timeToLiveAttribute: AttributeName } : {}),
    });
    return { TimeToLiveSpecification };
  },

  async DescribeContinuousBackups(store, input) {
    return describeBackups(await readSettings(store, tableSchema.parse(input)));
  },

  async UpdateContinuousBackups(store, input) {
    const { PointInTimeRecoverySpecification, ...table } = backupsSchema.parse(input);
    const settings = {
      ...(await readSettings(store, table)),
      isPointInTimeRecoverable: PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled,
    };
    await writeSettings(store, table, settings);
    return describeBackups(settings);
  },
};

/** A new table of the same name starts without settings. */
export async function forgetSettings(store: Store, tableName: string): Promise<void> {
  await store.db.del(settingsKey(tableName));
}

function describeBackups({ isPointInTimeRecoverable }: TableSettings) {
  const PointInTimeRecoveryStatus = isPointInTimeRecoverable ? 'ENABLED' : 'DISABLED';
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus },
    },
  };
}

async function readSettings(store: Store, { TableName }: z.infer<typeof tableSchema>) {
  await requireTable(store, TableName);
  return settingsSchema.parse((await store.db.get(settingsKey(TableName))) ?? {});
}

function writeSettings(store: Store, { TableName }: z.infer<typeof tableSchema>, settings: TableSettings) {
  return store.db.put(settingsKey(TableName), settings);
}

function settingsKey(tableName: string): string {
  return `settings~${tableName}`;
}
