import { describe, expect, it } from 'vitest';
import type { Offer } from '../../../shared/domain/offer.ts';
import type { QuotableRequest } from '../../../shared/routing/quotable-request.ts';
import { quote } from '../../../shared/routing/quote.ts';
import { anOffer } from '../../support/orders.ts';

const variant = (resolution: '768P' | '1080P', seconds = 6): Offer['variants'][number] => ({
  seconds,
  resolution,
  priceMicroUsd: 1,
  isPriceAssumed: false,
});
const [a, b] = ['piapi', 'cloudsway'];
const catalogue = [
  anOffer({ provider: a, nativeModel: 'Standard', variants: [variant('768P'), variant('768P', 10)] }),
  anOffer({ provider: a, nativeModel: 'Pro', variants: [variant('1080P')] }),
  anOffer({ provider: b, nativeModel: 'Both', variants: [variant('768P'), variant('1080P')] }),
  anOffer({ provider: b, nativeModel: 'Small', variants: [variant('768P')] }),
];

function offered(request: QuotableRequest): string[] {
  const { offers } = quote({ prompt: 'x', ...request }, catalogue);
  return offers.map(({ offer, variant: { resolution } }) => `${offer.nativeModel} ${resolution}`);
}

describe("a provider's own spelling of a model", () => {
  it('means that offer of the provider, and the same quality elsewhere', () => {
    expect(offered({ model: 'pro' })).toEqual(['Pro 1080P', 'Both 1080P']);
    expect(offered({ model: 'Standard' })).toEqual(['Standard 768P', 'Both 768P', 'Small 768P']);
  });

  it('leaves the quality to the order where that says it', () => {
    expect(offered({ model: 'Both', resolution: '1080P' })).toEqual(['Pro 1080P', 'Both 1080P']);
    expect(offered({ model: 'Pro', resolution: '768P' })).toEqual(['Both 768P', 'Small 768P']);
  });

  it('finds nothing where the spelled offer has not what was asked for, rather than another quality', () => {
    expect(offered({ model: 'Pro', seconds: 10 })).toEqual([]);
  });
});
