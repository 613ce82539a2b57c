import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { offerKey } from '../../../shared/domain/offer.ts';
import { describeFailedJob, describeLook, describeUnreadableLook } from './describe-look.ts';
import {
  describeAcceptance,
  describeDoubt,
  describeNotSent,
  describeRefusal,
  describeRefusalWords,
} from './describe-submit.ts';
import { type ProviderDialect, type Setting, startSetting, variableOf } from './provider-setting.ts';

/** The contract that every provider keeps. */
export function describeProvider(dialect: ProviderDialect): void {
  describe(`the provider ${dialect.definition.name}`, () => {
    let setting: Setting;
    beforeAll(async () => {
      setting = await startSetting(dialect);
    });
    afterAll(() => setting.upstream.close());

    describeSettings(dialect);
    describePrices(dialect);
    describeAcceptance(() => setting);
    describeRefusal(() => setting);
    describeRefusalWords(() => setting);
    describeDoubt(() => setting);
    describeNotSent(() => setting);
    describeLook(() => setting);
    describeFailedJob(() => setting);
    describeUnreadableLook(() => setting);
  });
}

function describeSettings(dialect: ProviderDialect): void {
  const { definition } = dialect;

  it('offers every model with a price, a duration and a unique native model and operation', () => {
    const { offers } = definition.load({});
    expect(offers.length).toBeGreaterThan(0);
    expect(new Set(offers.map(offerKey)).size).toBe(offers.length);
    for (const offer of offers) {
      expect(offer.provider).toBe(definition.name);
      expect(offer.typicalSeconds).toBeGreaterThan(0);
      for (const variant of offer.variants) expect(variant.priceMicroUsd).toBeGreaterThan(0);
      expect(offer.image !== undefined).toBe(['i2v', 'fl2v', 's2v'].includes(offer.operation));
    }
  });

  it('takes limits from the settings in place of its own', () => {
    const variable = variableOf(dialect, 'LIMITS');
    const given = '{"concurrent":2,"per_minute":3,"per_hour":4,"spacing_ms":5}';
    const { limits } = definition.load({ [variable]: given });
    expect(limits).toEqual({ concurrent: 2, perMinute: 3, perHour: 4, spacingMs: 5 });
    expect(definition.load({ [variable]: '{}' }).limits).toEqual({});
  });

  it.each([
    ['BASE_URL', 'ftp://example.com'],
    ['BASE_URL', 'https://example.com/v1'],
    ['BASE_URL', 'nowhere'],
    ['TYPICAL_SECONDS', '0'],
    ['TYPICAL_SECONDS', 'soon'],
    ['PRICES', 'not json'],
    ['PRICES', '{"no-such-model":"0.20"}'],
    ['PRICES', '[]'],
    ['LIMITS', 'not json'],
    ['LIMITS', '{"concurrent":0}'],
    ['LIMITS', '{"per_day":1}'],
    ['LIMITS', '{"spacing_ms":"1"}'],
  ])('throws an error that names the variable when %s is %s', (name, value) => {
    const variable = variableOf(dialect, name);
    expect(definition.settingNames).toContain(variable);
    expect(() => definition.load({ [variable]: value })).toThrow(variable);
  });

  it('accepts a base URL with a trailing slash', () => {
    const variable = variableOf(dialect, 'BASE_URL');
    const { baseUrl } = definition.load({ [variable]: 'http://127.0.0.1:8080/' });
    expect(baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:8080(\/[^/]+)*$/);
  });
}

function describePrices(dialect: ProviderDialect): void {
  const { definition } = dialect;

  it('takes the price and the duration of an offer from the settings where they are given', () => {
    const model = definition.load({}).offers[0]?.nativeModel ?? '';
    const prices = JSON.stringify({ [model]: '1.5' });
    const settings = {
      [variableOf(dialect, 'PRICES')]: prices,
      [variableOf(dialect, 'TYPICAL_SECONDS')]: '7',
    };
    const priced = definition.load(settings).offers;
    const asPublished = definition.load({}).offers;
    for (const [index, { nativeModel, typicalSeconds, variants }] of priced.entries()) {
      expect(typicalSeconds).toBe(7);
      for (const [number, variant] of variants.entries()) {
        if (nativeModel === model) {
          expect(variant).toMatchObject({ priceMicroUsd: 1_500_000, isPriceAssumed: false });
        } else {
          expect(variant).toEqual(asPublished[index]?.variants[number]);
        }
      }
    }
  });

  it.each(['0', '-1', 'free', 0])('refuses %j as a price', (price) => {
    const model = definition.load({}).offers[0]?.nativeModel ?? '';
    const variable = variableOf(dialect, 'PRICES');
    expect(() => definition.load({ [variable]: JSON.stringify({ [model]: price }) })).toThrow(variable);
  });

  it('refuses a price of a variant that is not sold, and says which are', () => {
    const model = definition.load({}).offers[0]?.nativeModel ?? '';
    const variable = variableOf(dialect, 'PRICES');
    const prices = JSON.stringify({ [model]: { '7 4K': '0.20' } });
    expect(() => definition.load({ [variable]: prices })).toThrow(/"7 4K" is not sold, only "/);
  });
}
