import { defineConfig } from 'vitest/config';
import { LongestFirst } from './support/longest-first.ts';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/support/closing-count.ts'],
    // One more than the cores of a small machine: whoever tests a whole gateway mostly waits.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Files share their worker's modules: to load them anew for each file took half of the time.
    isolate: false,
    globalSetup: ['test/support/synthesize-once.ts'],
    // For hangs alone: on a busy machine whole gateways take their time.
    testTimeout: 90_000,
    hookTimeout: 60_000,
    env: {
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'us-east-1',
      AWS_REQUEST_CHECKSUM_CALCULATION: 'WHEN_REQUIRED',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      POWERTOOLS_METRICS_DISABLED: 'true',
      // Gateways and commands that tests spawn load compiled code: half of the work of a short process.
      NODE_COMPILE_CACHE: new URL('../node_modules/.cache/conch-compiled', import.meta.url).pathname,
    },
  },
});
