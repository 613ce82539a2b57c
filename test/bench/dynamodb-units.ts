import * as z from 'zod';

/** What our tables hold; a set or bytes would throw, and then belong here. */
type Attribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: boolean }
  | { readonly L: readonly Attribute[] }
  | { readonly M: Readonly<Record<string, Attribute>> };
export type Item = Readonly<Record<string, Attribute>>;

const attributeSchema: z.ZodType<Attribute> = z.lazy(() =>
  z.union([
    z.strictObject({ S: z.string() }),
    z.strictObject({ N: z.string() }),
    z.strictObject({ BOOL: z.boolean() }),
    z.strictObject({ NULL: z.boolean() }),
    z.strictObject({ L: z.array(attributeSchema) }),
    z.strictObject({ M: z.record(z.string(), attributeSchema) }),
  ]),
);
export const itemSchema: z.ZodType<Item> = z.record(z.string(), attributeSchema);

const writeUnitBytes = 1024;
const readUnitBytes = 4096;

/**
 * The size by which DynamoDB bills an item: names and values, see "DynamoDB item sizes and formats" in its
 * developer guide. Storage overhead does not count.
 */
export function itemBytes(item: Item): number {
  return sum(Object.entries(item).map(([name, value]) => Buffer.byteLength(name) + attributeBytes(value)));
}

function attributeBytes(value: Attribute): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('N' in value) return numberBytes(value.N);
  if ('L' in value) return 3 + sum(value.L.map((element) => 1 + attributeBytes(element)));
  if ('M' in value) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  return 1;
}

/** One byte for two significant digits, and one more; a sign costs a byte too. */
function numberBytes(text: string): number {
  const digits = text
    .replace(/e.*$/i, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}

/** Of one write outside a transaction, refused or not: the larger of both sizes, at least one unit. */
export function writeUnits(before: Item | undefined, after: Item | undefined): number {
  return Math.max(1, Math.ceil(Math.max(itemBytes(before ?? {}), itemBytes(after ?? {})) / writeUnitBytes));
}

/** An index that holds keys only. */
interface KeysOnlyIndex {
  /** The attributes of its entries. */
  readonly projected: readonly string[];
  /** Of them, those without which an item has no entry. */
  readonly keys: readonly string[];
}

/** A new, changed or removed entry is one write; an entry whose key changes is removed and written again. */
export function indexWriteUnits(
  { projected, keys }: KeysOnlyIndex,
  before: Item | undefined,
  after: Item | undefined,
): number {
  const [old, fresh] = [before, after].map((item) => toEntry(item, projected, keys));
  if (JSON.stringify(old) === JSON.stringify(fresh)) return 0;
  return sum([old, fresh].map((entry) => (entry === undefined ? 0 : writeUnits(entry, undefined))));
}

function toEntry(
  item: Item | undefined,
  projected: readonly string[],
  keys: readonly string[],
): Item | undefined {
  if (item === undefined || keys.some((key) => item[key] === undefined)) return undefined;
  const shown = projected.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]] as const]));
  return Object.fromEntries(shown);
}

/** Of one request that reads all of `items`, or finds none. */
export function readUnits(items: readonly Item[], isConsistent: boolean): number {
  const units = Math.max(1, Math.ceil(sum(items.map(itemBytes)) / readUnitBytes));
  return isConsistent ? units : units / 2;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
