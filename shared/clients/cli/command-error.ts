/** Something the caller of a command can mend; its message is all that is printed. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Runs a command: exit code 0, or 1 with one message on standard error. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof CommandError || isWrongOption(error))) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

function isWrongOption(error: unknown): error is TypeError {
  return error instanceof TypeError && 'code' in error && `${error.code}`.startsWith('ERR_PARSE_ARGS');
}
