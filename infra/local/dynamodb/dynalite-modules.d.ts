// dynalite 4.0.0 ships no types; these are the parts of its inside that the front uses.

declare module 'dynalite/db/index.js' {
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
    | { readonly type: 'put'; readonly key: string; readonly value: Item }
    | { readonly type: 'del'; readonly key: string };

  export interface Store {
    readonly db: {
      open(): Promise<void>;
      get(key: string): Promise<unknown>;
      put(key: string, value: object): Promise<void>;
      del(key: string): Promise<void>;
      batch(operations: readonly BatchOperation[]): Promise<void>;
      close(): Promise<void>;
    };
    getItemDb(table: string): KeyedStore;
    getIndexDb(indexType: string, table: string, index: string): KeyedStore;
    /** With `isUsable` false it also finds a table that is being created or deleted. */
    getTable(name: string, isUsable: boolean, done: Callback<Table>): void;
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
