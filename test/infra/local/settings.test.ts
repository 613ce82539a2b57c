import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLocalSettings } from '../../../infra/local/settings.ts';

describe('readLocalSettings', () => {
  it('simulates every provider on port 3000 when nothing is set', () => {
    const settings = readLocalSettings({});
    expect(settings).toMatchObject({ port: 3000, simulatedSeconds: 6, dataDirectory: resolve('.conch') });
    expect(settings.providers).toContainEqual({ name: 'piapi', isSimulated: true });
    expect(settings.functionVariables).toEqual({});
    expect(settings).not.toHaveProperty('apiKey');
  });

  it.each([
    [{ PIAPI_API_KEY: 'secret' }, { name: 'piapi', isSimulated: false, apiKey: 'secret' }],
    [{ PIAPI_BASE_URL: 'http://127.0.0.1:9' }, { name: 'piapi', isSimulated: false }],
  ])('takes a provider for real when %o says where it is', (variables, choice) => {
    expect(readLocalSettings(variables).providers).toContainEqual(choice);
  });

  it('enables only the providers that are named', () => {
    const { providers } = readLocalSettings({ CONCH_PROVIDERS: 'cloudsway' });
    expect(providers.map(({ name }) => name)).toEqual(['cloudsway']);
  });

  it('passes the settings of providers on as they were given, but no key', () => {
    const variables = {
      PIAPI_TYPICAL_SECONDS: '90',
      PIAPI_API_KEY: 'secret',
      CONCH_PUBLIC_URL: 'https://x.test',
      CONCH_CAMERA_MOVES: 'passthrough',
    };
    expect(readLocalSettings(variables).functionVariables).toEqual({
      PIAPI_TYPICAL_SECONDS: '90',
      CONCH_PUBLIC_URL: 'https://x.test',
      CONCH_CAMERA_MOVES: 'passthrough',
    });
  });

  it.each([
    ['PORT', 'abc'],
    ['PORT', '70000'],
    ['PORT', ''],
    ['CONCH_SIMULATED_SECONDS', '0'],
    ['CONCH_SIMULATED_SECONDS', '-1'],
    ['CONCH_API_KEY', ''],
    ['CONCH_PUBLIC_URL', 'ftp://x'],
    ['CONCH_TRUSTED_ORIGINS', 'nowhere'],
    ['CONCH_CAMERA_MOVES', 'off'],
    ['PIAPI_API_KEY', ''],
    ['PIAPI_BASE_URL', 'nowhere'],
  ])('throws an error that names %s when it is "%s"', (name, value) => {
    expect(() => readLocalSettings({ [name]: value })).toThrow(name);
  });

  it('throws an error that lists the providers when one is not known', () => {
    expect(() => readLocalSettings({ CONCH_PROVIDERS: 'nobody' })).toThrow(/"nobody".*piapi/);
  });
});
