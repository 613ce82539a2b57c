import * as z from 'zod';
import type { ResolvedTemplate } from './resolved-template.ts';

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const tableSchema = z.object({
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z
    .array(
      z.object({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.object({
          ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
          NonKeyAttributes: z.array(z.string()).optional(),
        }),
      }),
    )
    .default([]),
});

/** What CreateTable needs to know of a table. */
export interface TableDefinition extends z.infer<typeof tableSchema> {
  readonly TableName: string;
}

export function readTables(template: ResolvedTemplate): TableDefinition[] {
  return template
    .resources('AWS::DynamoDB::Table')
    .map(({ ref, properties }) => ({ TableName: ref, ...tableSchema.parse(properties) }));
}
