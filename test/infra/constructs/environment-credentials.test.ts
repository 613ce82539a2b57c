import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultProvider } from '../../../infra/constructs/environment-credentials.ts';

describe('defaultProvider', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('gives the credentials of the environment, with the session token where there is one', async () => {
    const keys = { accessKeyId: 'local', secretAccessKey: 'local' };
    expect(await defaultProvider()()).toEqual(keys);

    vi.stubEnv('AWS_SESSION_TOKEN', 'session');
    expect(await defaultProvider()()).toEqual({ ...keys, sessionToken: 'session' });
  });

  it('fails by name when the environment has none', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);

    await expect(defaultProvider()()).rejects.toThrow('AWS_ACCESS_KEY_ID');
  });
});
