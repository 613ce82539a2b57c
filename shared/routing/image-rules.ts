import type { ImageLimits } from '../domain/offer.ts';
import type { Violation, ViolationCode } from '../domain/quote.ts';
import { type ImageFacts, imageRoles } from '../domain/video-request.ts';
import { imageParams, type QuotableRequest } from './quotable-request.ts';

interface ImageRule {
  readonly code: ViolationCode;
  isBroken(image: ImageFacts, limits: ImageLimits): boolean;
  /** What was given and what is allowed, to follow the field's name. */
  explain(image: ImageFacts, limits: ImageLimits): string;
}

const rules: readonly ImageRule[] = [
  {
    code: 'image_format',
    isBroken: (image, limits) => !limits.formats.includes(image.format),
    explain: (image, limits) => `is ${image.format}; allowed are ${limits.formats.join(', ')}`,
  },
  {
    code: 'image_size',
    isBroken: (image, limits) => image.bytes > limits.maxBytes,
    explain: (image, limits) => `has ${image.bytes} bytes; at most ${limits.maxBytes} are allowed`,
  },
  {
    code: 'image_side',
    isBroken: ({ width, height }, limits) => isSideRefused(width, limits) || isSideRefused(height, limits),
    explain: (image, limits) => `is ${image.width}x${image.height} pixels; ${describeSides(limits)}`,
  },
  {
    code: 'image_aspect',
    isBroken({ width, height }, { aspect: [smallest, largest] }) {
      return width / height <= smallest || width / height >= largest;
    },
    explain(image, { aspect: [smallest, largest] }) {
      const ratio = `${(image.width / image.height).toFixed(3)} (${image.width}x${image.height})`;
      return `has width ÷ height ${ratio}; it must lie between ${smallest} and ${largest}, which are refused themselves`;
    },
  },
];

interface ImageRules {
  readonly image?: ImageLimits | undefined;
}

/** Whether each image, as far as its facts are known, is within the limits of an offer or of a provider's own API. */
export function judgeImages(request: QuotableRequest, { image: limits }: ImageRules): Violation[] {
  if (limits === undefined) return [];
  return imageRoles.flatMap((role) => {
    const facts = request[role]?.facts;
    if (facts === undefined) return [];
    const param = (request.imageParams ?? imageParams)[role];
    return rules
      .filter((rule) => rule.isBroken(facts, limits))
      .map((rule) => ({ param, code: rule.code, message: `${param} ${rule.explain(facts, limits)}` }));
  });
}

function isSideRefused(side: number, limits: ImageLimits): boolean {
  const isTooShort = limits.isMinSideExclusive ? side <= limits.minSidePixels : side < limits.minSidePixels;
  return isTooShort || side > (limits.maxSidePixels ?? Number.POSITIVE_INFINITY);
}

function describeSides({ minSidePixels, isMinSideExclusive, maxSidePixels }: ImageLimits): string {
  const atLeast = isMinSideExclusive ? minSidePixels + 1 : minSidePixels;
  const atMost = maxSidePixels === undefined ? '' : ` and at most ${maxSidePixels}`;
  return `each side must have at least ${atLeast}${atMost}`;
}
