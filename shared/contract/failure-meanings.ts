import type { FailureCode } from '../domain/job-progress.ts';

/** Why a video failed, and what became of the money. */
export const failureMeanings: Readonly<Record<FailureCode, string>> = {
  invalid_request: 'Its provider refused the order. Released.',
  bad_image: 'Its provider could not use an image. Released.',
  face_not_found: 'Its provider found no face in the subject image. Released.',
  content_rejected: 'Its provider rejected the prompt, an image or the video. Released.',
  generation_failed: 'Its provider made no video. Released; order it again.',
  provider_auth: 'The key of the gateway was refused by its provider. Released.',
  provider_balance: 'The account of the gateway at its provider is empty. Released.',
  provider_rate_limited: 'Its provider had too many requests. Released; order it again.',
  provider_unavailable: 'Its provider was out of service. Released; order it again.',
  provider_unreachable: 'Its provider could not be reached. Released; order it again.',
  budget_exceeded: 'It was turned down, and the next offer is too dear. Released.',
  bad_upstream_result: 'Its provider told of a success without a video. Captured; order it again.',
  archive_failed: 'The video could not be copied for six hours. Captured; order it again.',
  deadline_exceeded: 'It was not done in time, or could not be sent for 24 hours. Released; order it again.',
  submit_unknown:
    'Nobody knows whether its provider took the order. The hold is kept until a person has asked.',
  canceled: 'Its customer asked for its end in time. Released.',
};
