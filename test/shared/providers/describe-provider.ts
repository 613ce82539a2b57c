import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeLook, describeUnreadableLook } from './describe-look.ts';
import { describeAcceptance, describeDoubt, describeRefusal } from './describe-submit.ts';
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
    describeAcceptance(() => setting);
    describeRefusal(() => setting);
    describeDoubt(() => setting);
    describeLook(() => setting);
    describeUnreadableLook(() => setting);
  });
}

function describeSettings(dialect: ProviderDialect): void {
  const { definition } = dialect;

  it('offers every model with a price, a duration and a unique model and operation', () => {
    const { offers } = definition.load({});
    expect(offers.length).toBeGreaterThan(0);
    expect(new Set(offers.map((offer) => `${offer.model} ${offer.operation}`)).size).toBe(offers.length);
    expect(new Set(offers.map((offer) => offer.nativeModel)).size).toBe(offers.length);
    for (const offer of offers) {
      expect(offer.provider).toBe(definition.name);
      expect(offer.typicalSeconds).toBeGreaterThan(0);
      for (const variant of offer.variants) expect(variant.priceMicroUsd).toBeGreaterThan(0);
      expect(offer.image !== undefined).toBe(offer.operation !== 't2v');
    }
  });

  it('takes the price and the duration of an offer from the settings where they are given', () => {
    const model = definition.load({}).offers[0]?.nativeModel ?? '';
    const prices = JSON.stringify({ [model]: '1.5' });
    const settings = {
      [variableOf(dialect, 'PRICES')]: prices,
      [variableOf(dialect, 'TYPICAL_SECONDS')]: '7',
    };
    const [first, second] = definition.load(settings).offers;
    expect(first).toMatchObject({ typicalSeconds: 7, isPriceAssumed: false });
    expect(first?.variants[0].priceMicroUsd).toBe(1_500_000);
    expect(second?.typicalSeconds).toBe(7);
    expect(second?.variants[0].priceMicroUsd).toBe(definition.load({}).offers[1]?.variants[0].priceMicroUsd);
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
  ])('throws an error that names the variable when %s is %s', (name, value) => {
    const variable = variableOf(dialect, name);
    expect(definition.settingNames).toContain(variable);
    expect(() => definition.load({ [variable]: value })).toThrow(variable);
  });

  it.each(['0', '-1', 'free', 0])('refuses %j as a price', (price) => {
    const model = definition.load({}).offers[0]?.nativeModel ?? '';
    const variable = variableOf(dialect, 'PRICES');
    expect(() => definition.load({ [variable]: JSON.stringify({ [model]: price }) })).toThrow(variable);
  });

  it('accepts a base URL with a trailing slash', () => {
    const variable = variableOf(dialect, 'BASE_URL');
    const { baseUrl } = definition.load({ [variable]: 'http://127.0.0.1:8080/' });
    expect(baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:8080(\/[^/]+)*$/);
  });
}
