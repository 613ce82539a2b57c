// dynalite 4.0.0 ships no types; these are the parts of its inside that the front uses.

declare module 'dynalite/db/index.js' {
  import type { Readable } from 'node:stream';

  export type Item = Record<string, unknown>;
  export type Callback<T> = (error: Error | null, value: T) => void;
  /** Wraps the function to run last, so that it gives the lock back first. */
  export type Release = <A extends unknown[]>(done: (...given: A) => void) => (...given: A) => void;

  export interface KeyedStore {
    get(key: string, done: Callback<Item | undefined>): void;
    put(key: string, value: Item, done: (error: Error | null) => void): void;
    del(key: string, done: (error: Error | null) => void): void;
    lock(key: string, run: (release: Release) => void): void;
  }

  export interface Table {
    readonly TableName: string;
    readonly TableStatus: string;
  }

  export type BatchOperation =
    | { readonly type: 'put'; readonly key: string; readonly value: object }
    | { readonly type: 'put'; readonly key: string; readonly value: string; readonly valueEncoding: 'utf8' }
    | { readonly type: 'del'; readonly key: string };

  export type Written = (error: Error | null) => void;

  /** With a callback, as dynalite's actions call it, a method's promise means nothing. */
  export interface Database {
    open(): Promise<void>;
    /** Rejects what is not JSON. */
    getSync(key: string): unknown;
    get(key: string, done?: Callback<unknown>): Promise<unknown>;
    put(key: string, value: object, done?: Written): Promise<void>;
    del(key: string, done?: Written): Promise<void>;
    batch(operations: readonly BatchOperation[], done?: Written): Promise<void>;
    values(range: object): ValueIterator;
    createValueStream(range: object): Readable;
    close(): Promise<void>;
  }

  export interface ValueIterator {
    /** At most `size`, and fewer where the page would grow too large; none at the end. */
    nextv(size: number): Promise<unknown[]>;
    close(): Promise<void>;
  }

  /** With `isUsable` false it also finds a table that is being created or deleted; the default is true. */
  export type GetTable = (
    name: string,
    ...given: [isUsable: boolean, done: Callback<Table>] | [done: Callback<Table>]
  ) => void;

  export interface Store {
    readonly db: Database;
    /** The tables' descriptions by name. */
    readonly tableDb: KeyedStore;
    getItemDb(table: string): KeyedStore;
    getIndexDb(indexType: string, table: string, index: string): KeyedStore;
    getTable: GetTable;
  }

  export interface StoreOptions {
    readonly path?: string;
    readonly createTableMs: number;
    readonly deleteTableMs: number;
    readonly updateTableMs: number;
  }

  /** An operation's input after dynalite's validation, with its expressions parsed. */
  export interface ValidInput {
    readonly TableName: string;
    readonly Key?: Item;
    readonly Item?: Item;
  }

  const database: {
    create(options: StoreOptions): Store;
    createKey(item: Item, table: Table): string;
    validateKey(key: Item, table: Table): Error | undefined;
    validateItem(item: Item, table: Table): Error | undefined;
    checkConditional(input: ValidInput, item: Item | undefined): Error | null | undefined;
  };
  export default database;
}

declare module 'dynalite/validations/index.js' {
  import type { Store, ValidInput } from 'dynalite/db/index.js';

  const validations: {
    checkTypes(input: unknown, types: object): ValidInput;
    checkValidations(input: ValidInput, types: object, custom: unknown, store: Store): void;
  };
  export default validations;
}

declare module 'dynalite/db/conditionParser.js' {
  import type { ExpressionParser } from 'dynalite/db/updateParser.js';

  const parser: ExpressionParser;
  export default parser;
}

declare module 'dynalite/db/updateParser.js' {
  export interface ExpressionContext {
    readonly attrNames?: Readonly<Record<string, string>> | undefined;
    /** Attribute values: one type each, as the key of an object. */
    readonly attrVals?: Readonly<Record<string, object>> | undefined;
    /** The parser deletes what it meets. */
    readonly unusedAttrNames: Record<string, true>;
    readonly unusedAttrVals: Record<string, true>;
  }

  export interface ExpressionParser {
    /** A tree with the values in it, or text that says what is wrong; throws a SyntaxError. */
    parse(text: string, options: { readonly context: ExpressionContext }): unknown;
  }

  const parser: ExpressionParser;
  export default parser;
}
