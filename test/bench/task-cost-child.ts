import { measureTaskCost } from './task-cost.ts';

/** In a fresh process: reports what tasks at the provider named by the first argument use. */
process.send?.(await measureTaskCost(process.argv[2] ?? ''));
process.disconnect?.();
