import { describe, expect, it } from 'vitest';
import { toFunctionOverrides } from '../../../infra/local/function-overrides.ts';
import { readLocalSettings } from '../../../infra/local/settings.ts';

const urls = {
  gateway: 'http://127.0.0.1:3000',
  s3: 'http://127.0.0.1:3001',
  dynamodb: 'http://127.0.0.1:3002',
  awsJson: 'http://127.0.0.1:3003',
  simulated: { cloudsway: 'http://127.0.0.1:3004' },
};
const overridesFor = (variables: Record<string, string>) =>
  toFunctionOverrides(readLocalSettings(variables), urls);

describe('toFunctionOverrides', () => {
  it('turns a simulated provider to its simulation, with its time', () => {
    expect(overridesFor({ CONCH_SIMULATED_SECONDS: '9' })).toMatchObject({
      CLOUDSWAY_BASE_URL: 'http://127.0.0.1:3004',
      CLOUDSWAY_TYPICAL_SECONDS: '9',
    });
  });

  it('gives a stub on this machine the simulated time, unless another is set', () => {
    const stub = { PIAPI_BASE_URL: 'http://localhost:9000', CONCH_SIMULATED_SECONDS: '2' };

    expect(overridesFor(stub)).toMatchObject({ PIAPI_TYPICAL_SECONDS: '2' });
    expect(overridesFor({ ...stub, PIAPI_TYPICAL_SECONDS: '5' })).toMatchObject({
      PIAPI_TYPICAL_SECONDS: '5',
    });
  });

  it('leaves a real provider its own time', () => {
    expect(overridesFor({ PIAPI_API_KEY: 'key' })).not.toHaveProperty('PIAPI_TYPICAL_SECONDS');
    expect(overridesFor({ PIAPI_BASE_URL: 'https://piapi.test' })).not.toHaveProperty(
      'PIAPI_TYPICAL_SECONDS',
    );
  });

  it('trusts the simulations and the embedded S3 besides what the operator trusts', () => {
    const { CONCH_TRUSTED_ORIGINS } = overridesFor({ CONCH_TRUSTED_ORIGINS: 'http://127.0.0.1:9' });

    expect(CONCH_TRUSTED_ORIGINS).toBe('http://127.0.0.1:9,http://127.0.0.1:3004,http://127.0.0.1:3001');
  });
});
