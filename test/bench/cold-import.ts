/** In a fresh process: imports the file named by the first argument and reports how many milliseconds it took. */
const startedAt = performance.now();
await import(process.argv[2] ?? '');
process.send?.(performance.now() - startedAt);
process.disconnect?.();
