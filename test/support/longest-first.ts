import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Where tests start processes and wait for them. */
const long = /\/test\/(end-to-end|infra\/local\/gateway|shared\/clients\/cli)/;

/**
 * Puts the long test files first, so that none of them begins when all others are done. Among equals the durations
 * of an earlier run decide, which a fresh checkout does not have.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => Number(long.test(b.moduleId)) - Number(long.test(a.moduleId)));
  }
}
