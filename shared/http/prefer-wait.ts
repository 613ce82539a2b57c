import type { HttpEvent } from './http-event.ts';

/** The value of `wait` in a Prefer header (RFC 7240), of which the first counts; empty where none is given. */
export function getPreferredWait({ prefer = '' }: HttpEvent['headers']): string | undefined {
  const preferences = prefer.split(',').map((preference) => preference.split(';')[0]?.split('=') ?? []);
  const wait = preferences.find(([name = '']) => name.trim().toLowerCase() === 'wait');
  if (wait === undefined) return undefined;
  const [, value = ''] = wait;
  return value.trim().replace(/^"(.*)"$/, '$1');
}
