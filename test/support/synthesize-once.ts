import { synthesizeAssembly } from '../../infra/local/assembly.ts';

/** Before all test files: each would find the assembly missing and make it again. */
export async function setup(): Promise<void> {
  await synthesizeAssembly();
}
