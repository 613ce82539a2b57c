import {
  type Experimental_VideoModelV4CallOptions as CallOptions,
  InvalidArgumentError,
  type JSONObject,
  type SharedV4Warning,
  UnsupportedFunctionalityError,
  type Experimental_VideoModelV4File as VideoModelFile,
} from '@ai-sdk/provider';

export interface Order {
  /** The body of a create. */
  readonly body: JSONObject;
  readonly warnings: readonly SharedV4Warning[];
}

/**
 * Puts the SDK's options into the gateway's fields. What no offer has is a warning where the video is the same
 * without it, else an UnsupportedFunctionalityError; a field that is given twice is an InvalidArgumentError.
 */
export function toOrder(model: string, options: CallOptions): Order {
  const { prompt, duration: seconds, seed } = options;
  const fields = { model, prompt, seconds, seed, ...toShape(options), ...toImages(options) };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const own = options.providerOptions['conch'] ?? {};
  const twice = given.map(([name]) => name).filter((name) => name in own);
  if (twice.length > 0) {
    const message = `${twice.join(', ')} is given by the call already; leave it out of providerOptions.conch`;
    throw new InvalidArgumentError({ argument: 'providerOptions.conch', message });
  }
  return { body: { ...Object.fromEntries(given), ...own }, warnings: toWarnings(options) };
}

/** The gateway's `size` says the shape already, so a ratio that says the same goes without saying. */
function toShape({ resolution: size, aspectRatio }: CallOptions) {
  // An image gives its video its own shape in any case.
  if (aspectRatio === undefined || aspectRatio === 'adaptive') return { size };
  if (size !== undefined && isOfRatio(size, aspectRatio)) return { size };
  return { size, aspect_ratio: aspectRatio };
}

/** Sides are whole and even numbers: 1366x768 counts as 16:9. */
const ratioTolerance = 0.005;

function isOfRatio(size: string, ratio: string): boolean {
  const [width = 0, height = 0] = size.split('x').map(Number);
  const [across = 0, down = 0] = ratio.split(':').map(Number);
  return Math.abs((width * down) / (height * across) - 1) < ratioTolerance;
}

function toImages({ image, frameImages = [], inputReferences = [] }: CallOptions) {
  const framesOf = (type: 'first_frame' | 'last_frame') =>
    frameImages.filter(({ frameType }) => frameType === type).map((frame) => frame.image);
  return {
    first_frame_image: toImage(atMostOne(framesOf('first_frame'), 'first_frame images') ?? image),
    last_frame_image: toImage(atMostOne(framesOf('last_frame'), 'last_frame images')),
    subject_image: toImage(atMostOne(inputReferences.map(requireImage), 'inputReferences')),
  };
}

function atMostOne(files: readonly VideoModelFile[], what: string): VideoModelFile | undefined {
  if (files.length < 2) return files[0];
  const message = `At most one of ${what} is taken; ${files.length} were given`;
  throw new UnsupportedFunctionalityError({ functionality: `several ${what}`, message });
}

function requireImage(file: VideoModelFile): VideoModelFile {
  if (!file.mediaType?.startsWith('video/')) return file;
  const message = 'Videos are no inputReferences here; give source_video in providerOptions.conch';
  throw new UnsupportedFunctionalityError({ functionality: 'video inputReferences', message });
}

function toImage(file: VideoModelFile | undefined): string | undefined {
  if (file === undefined) return undefined;
  if (file.type === 'url') return file.url;
  const { data, mediaType } = file;
  return `data:${mediaType};base64,${typeof data === 'string' ? data : Buffer.from(data).toString('base64')}`;
}

function toWarnings(options: CallOptions): SharedV4Warning[] {
  const { fps, generateAudio, aspectRatio, image, frameImages = [] } = options;
  const isShapeless = image === undefined && frameImages.length === 0;
  return [
    ...(fps === undefined ? [] : [unsupported('fps', 'The model decides on the frame rate.')]),
    ...(generateAudio === true ? [unsupported('generateAudio', 'No offer of the gateway takes it.')] : []),
    ...(aspectRatio === 'adaptive' && isShapeless
      ? [unsupported('aspectRatio', 'There is no image whose shape "adaptive" could be.')]
      : []),
  ];
}

function unsupported(feature: string, details: string): SharedV4Warning {
  return { type: 'unsupported', feature, details };
}
