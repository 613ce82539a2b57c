import * as z from 'zod';
import type { Call } from './workers.ts';

/** Everything else is taken for a write, so that none can be forgotten. */
const reads = /^(Get|BatchGet|Head|List|Query|Scan|Describe)/;

const keySchema = z.object({ pk: z.object({ S: z.string() }), sk: z.object({ S: z.string() }) });
const itemSchema = z.looseObject({
  TableName: z.string(),
  Key: keySchema.optional(),
  Item: keySchema.optional(),
  UpdateExpression: z.string().optional(),
});
type ItemInput = z.infer<typeof itemSchema>;
const transactionSchema = z.object({ TransactItems: z.array(z.record(z.string(), itemSchema)) });
const objectSchema = z.object({ Key: z.string() });

/** A command of the SDK in words that are the same whenever the same is done. */
export function describeCommand(name: string, input: object): Call {
  return {
    // Few are ever asked for.
    get what() {
      return `${name} ${describeInput(input)}`.trim();
    },
    isWrite: !reads.test(name),
  };
}

function describeInput(input: object): string {
  const transaction = transactionSchema.safeParse(input);
  if (transaction.success) {
    const parts = transaction.data.TransactItems.flatMap((item) => Object.entries(item));
    return `[${parts.map(([kind, item]) => `${kind} ${describeItem(item)}`).join('; ')}]`;
  }
  const item = itemSchema.safeParse(input);
  if (item.success) return describeItem(item.data);
  const object = objectSchema.safeParse(input);
  // Of the keys of the bucket only the first folder names no id.
  return object.success ? object.data.Key.replace(/\/.*/, '/') : '';
}

function describeItem({ Key, Item, UpdateExpression }: ItemInput): string {
  const { pk, sk } = Key ?? Item ?? {};
  const kinds = [pk?.S, sk?.S].map((text = '') => (text.includes('#') ? text.replace(/#.*/, '') : text));
  const row = kinds.filter((kind) => /^[A-Z]+$/.test(kind)).join('/');
  return UpdateExpression === undefined ? row : `${row} ${UpdateExpression.replaceAll('#', '')}`;
}
