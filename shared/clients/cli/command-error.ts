interface CommandErrorOptions extends ErrorOptions {
  /** 1 unless told. */
  readonly exitCode?: number;
}

/** Something the caller of a command can mend; its message is all that is printed. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, { exitCode = 1, ...options }: CommandErrorOptions = {}) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
