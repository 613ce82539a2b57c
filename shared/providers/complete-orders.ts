import type { Operation } from '../domain/video-request.ts';
import type { JobRequest, Provider } from './provider.ts';

/** What an operation starts from; a first frame beside a last one is the provider's to demand. */
const sources: Readonly<Record<Operation, keyof JobRequest | undefined>> = {
  t2v: undefined,
  i2v: 'firstFrameImageUrl',
  fl2v: 'lastFrameImageUrl',
  s2v: 'subjectImageUrl',
  upscale: 'sourceVideoUrl',
  extend: 'sourceVideoUrl',
};

/** The provider, which is never asked for an order without its image or video: it would make something else. */
export function sendingCompleteOrders(provider: Provider): Provider {
  return {
    ...provider,
    async submit(request, context, callback) {
      const source = sources[request.operation];
      const isComplete = source === undefined || request[source] !== undefined;
      if (isComplete) return provider.submit(request, context, callback);
      const message = `The order of ${request.operation} at ${provider.name} has no ${source}`;
      return { kind: 'not_sent', message };
    },
  };
}
