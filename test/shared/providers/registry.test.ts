import { describe, expect, it } from 'vitest';
import { loadProviders, providerDefinitions } from '../../../shared/providers/registry.ts';

describe('the provider registry', () => {
  it('loads every provider when none is named', () => {
    const names = providerDefinitions.map(({ name }) => name);
    expect([...loadProviders({}, []).keys()]).toEqual(names);
  });

  it('loads only the named providers, with their settings', () => {
    const providers = loadProviders({ CLOUDSWAY_BASE_URL: 'http://127.0.0.1:9' }, ['cloudsway']);
    expect([...providers.keys()]).toEqual(['cloudsway']);
    expect(providers.get('cloudsway')?.baseUrl).toBe('http://127.0.0.1:9/v1/ai');
  });

  it.each([
    ['translate', ['lateral']],
    ['passthrough', ['rotating']],
  ])('with CONCH_CAMERA_MOVES=%s gives camera moves of Cloudsway as %j', (setting, expected) => {
    const { offers = [] } = loadProviders({ CONCH_CAMERA_MOVES: setting }, []).get('cloudsway') ?? {};

    expect([...new Set(offers.flatMap(({ camera }) => camera ?? []))]).toEqual(expected);
    expect(offers.some(({ camera }) => camera === undefined)).toBe(true);
  });

  it('throws an error that names CONCH_CAMERA_MOVES when it is wrong', () => {
    expect(() => loadProviders({ CONCH_CAMERA_MOVES: 'off' }, [])).toThrow('CONCH_CAMERA_MOVES');
  });

  it('throws an error that lists the known names when a name is unknown', () => {
    expect(() => loadProviders({}, ['sora'])).toThrow(/"sora".*piapi, cloudsway/);
  });
});
