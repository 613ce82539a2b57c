import { describe, expect, it } from 'vitest';
import { failureCodeOfText } from '../../../shared/providers/failure-reading.ts';

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
});
