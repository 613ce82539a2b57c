/** Keeps answers back until all that are awaited could be given, and for as long as somebody likes. */
export interface Withholding {
  /** From now on nobody is answered; these callers are awaited. */
  begin(callers: readonly string[]): void;
  untilAllAsked(): Promise<void>;
  end(): void;
  /** Resolves when this caller may be answered. */
  answer(caller: string): Promise<void>;
}

export function createWithholding(): Withholding {
  const awaited = new Set<string>();
  let asked = Promise.withResolvers<void>();
  let over = Promise.withResolvers<void>();
  over.resolve();
  return {
    begin(callers) {
      for (const caller of callers) awaited.add(caller);
      [asked, over] = [Promise.withResolvers(), Promise.withResolvers()];
    },
    untilAllAsked: () => asked.promise,
    end: () => over.resolve(),
    answer(caller) {
      awaited.delete(caller);
      if (awaited.size === 0) asked.resolve();
      return over.promise;
    },
  };
}
