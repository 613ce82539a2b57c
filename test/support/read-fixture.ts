import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../fixtures/', import.meta.url);

/** The JSON text under `test/fixtures/`, for example of `piapi/task-pending`. */
export function readFixture(name: string): string {
  return readFileSync(new URL(`${name}.json`, folder), 'utf8');
}

/** The names, for `readFixture`, of a provider's fixtures that begin with `prefix`. */
export function listFixtures(provider: string, prefix: string): string[] {
  return readdirSync(new URL(`${provider}/`, folder))
    .filter((file) => file.startsWith(prefix))
    .map((file) => `${provider}/${file.replace(/\.json$/, '')}`);
}
