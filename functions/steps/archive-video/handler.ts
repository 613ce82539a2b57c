import { mediaConfig, readConfig, trustedOriginsConfig } from '../../../shared/config.ts';
import { archiveVideo as archive } from '../../../shared/media/archive.ts';
import { createSafeFetch } from '../../../shared/media/safe-fetch.ts';
import { createStepContext } from '../../../shared/steps/step-context.ts';
import { stepHandler } from '../../../shared/steps/step-stack.ts';
import { createS3Client } from '../../../shared/storage/media-store.ts';
import { createStreamUpload } from '../../../shared/storage/stream-upload.ts';
import { archiveVideo } from './archive-video.ts';

const config = readConfig({ ...mediaConfig, ...trustedOriginsConfig });
const stepContext = createStepContext();
/** The operator chose the providers' own origins: their results need not be public. */
const providerOrigins = [...stepContext.providers.values()].map(({ baseUrl }) => new URL(baseUrl).origin);
const tools = {
  safeFetch: createSafeFetch({ trustedOrigins: [...config.CONCH_TRUSTED_ORIGINS, ...providerOrigins] }),
  uploadStream: createStreamUpload({ client: createS3Client(), bucket: config.MEDIA_BUCKET_NAME }),
};
const context = {
  ...stepContext,
  archive: (url: string, key: string) => archive({ url, key }, tools),
};

export const handler = stepHandler((input) => archiveVideo(input, context));
