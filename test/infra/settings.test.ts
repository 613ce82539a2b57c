import { describe, expect, it } from 'vitest';
import { readSettings } from '../../infra/settings.ts';

describe('readSettings', () => {
  it('names the stack Conch and passes nothing on when nothing is given', () => {
    expect(readSettings({})).toEqual({ stackName: 'Conch', trustedOrigins: {}, providers: {} });
  });

  it('passes every given setting on unchanged', () => {
    const providers = {
      CONCH_PROVIDERS: 'piapi, cloudsway',
      CONCH_CAMERA_MOVES: 'passthrough',
      PIAPI_BASE_URL: 'http://127.0.0.1:9000/',
      CLOUDSWAY_TYPICAL_SECONDS: '6',
      CLOUDSWAY_ENDPOINT_PATHS: '{"t2v":"bought-t2v"}',
    };
    const trustedOrigins = { CONCH_TRUSTED_ORIGINS: 'http://127.0.0.1:9000,https://images.example' };
    const given = { CONCH_STACK: 'Conch-test', CONCH_PUBLIC_URL: 'https://video.example/' };

    expect(readSettings({ ...given, ...trustedOrigins, ...providers, HOME: '/root' })).toEqual({
      stackName: 'Conch-test',
      publicUrl: 'https://video.example',
      trustedOrigins,
      providers,
    });
  });

  it('lets the settings of the command line and of the local gateway be, and passes none of them on', () => {
    const local = { CONCH_URL: 'http://127.0.0.1:3000', CONCH_API_KEY: 'secret', PIAPI_API_KEY: 'secret' };

    expect(readSettings(local)).toEqual({ stackName: 'Conch', trustedOrigins: {}, providers: {} });
  });

  it.each([
    ['an unknown setting', { CONCH_PROVIDER: 'piapi' }, 'Unknown settings: CONCH_PROVIDER'],
    ['a way with camera moves that is none', { CONCH_CAMERA_MOVES: 'off' }, 'CONCH_CAMERA_MOVES'],
    ['an unknown provider', { CONCH_PROVIDERS: 'piapi,acme' }, 'There is no provider "acme"'],
    ['a wrong setting of a provider', { PIAPI_BASE_URL: 'not a url' }, 'PIAPI_BASE_URL'],
    [
      'a wrong setting of a provider that is not enabled',
      { CONCH_PROVIDERS: 'piapi', CLOUDSWAY_ENDPOINT_PATHS: '{"t2w":"path"}' },
      'CLOUDSWAY_ENDPOINT_PATHS',
    ],
    ['a public URL that is none', { CONCH_PUBLIC_URL: 'video.example' }, 'CONCH_PUBLIC_URL'],
    ['a trusted origin that is no URL', { CONCH_TRUSTED_ORIGINS: 'localhost' }, 'CONCH_TRUSTED_ORIGINS'],
    ['a stack name that CloudFormation refuses', { CONCH_STACK: '1_conch' }, 'CONCH_STACK'],
  ])('refuses %s by its name', (_, variables, message) => {
    expect(() => readSettings(variables)).toThrow(message);
  });
});
