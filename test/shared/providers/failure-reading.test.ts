import { describe, expect, it } from 'vitest';
import { failureCodeOfJob, failureCodeOfText } from '../../../shared/providers/failure-reading.ts';

describe('failureCodeOfText', () => {
  it.each([
    'The response was filtered',
    'output new_sensitive',
    'content violates policy',
    'Content does not meet safety guidelines',
    'NSFW_DETECTED',
    'Prompt missing, too short, or banned content',
    'content rejected',
    'The content has been blocked',
    'a sensitive face in the image',
  ])('reads "%s" as rejected content', (text) => {
    expect(failureCodeOfText(text)).toBe('content_rejected');
  });

  it.each([
    ['could not fetch image content', 'bad_image'],
    ['the content of the picture could not be read', 'bad_image'],
    ['content generation task failed', undefined],
    ['wrong content type', undefined],
    ['no face in the content', 'face_not_found'],
  ])('reads "%s", which only mentions content, as %s', (text, code) => {
    expect(failureCodeOfText(text)).toBe(code);
  });

  it.each([
    'Insufficient credits',
    'INSUFFICIENT CREDITS',
    'insufficient account balance for this image',
    'The current credits are insufficient, top up',
    'not enough balance',
    'no credits left',
  ])('reads "%s" as an empty account', (text) => {
    expect(failureCodeOfText(text)).toBe('provider_balance');
  });

  it.each([
    ['your credits were returned', undefined],
    ['no credits were charged', undefined],
    ['the balance of light and shadow is unsafe', 'content_rejected'],
    ['the image was rejected, credits refunded', 'bad_image'],
    ['hailuo/02-image-to-video-pro is switched off', undefined],
    ['image to video took too long', undefined],
  ])('reads "%s" as %s', (text, code) => {
    expect(failureCodeOfText(text)).toBe(code);
  });
});

describe('failureCodeOfJob', () => {
  it.each([
    ['Insufficient credits', 'generation_failed'],
    ['insufficient balance for this image', 'bad_image'],
    ['no face in the image', 'face_not_found'],
    ['output new_sensitive', 'content_rejected'],
    ['', 'generation_failed'],
  ])('reads "%s" as %s, never as an empty account', (text, code) => {
    expect(failureCodeOfJob(text)).toBe(code);
  });
});
