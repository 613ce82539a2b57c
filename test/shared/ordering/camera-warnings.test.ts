import { describe, expect, it } from 'vitest';
import { cameraWarnings } from '../../../shared/ordering/camera-warnings.ts';

const codesOf = (prompt: string, camera?: 'rotating' | 'lateral') =>
  cameraWarnings(prompt, camera === undefined ? {} : { camera }).map(({ code }) => code);

describe('cameraWarnings', () => {
  it.each([
    ['nothing of a prompt without brackets', 'Pan left', undefined, []],
    ['nothing of brackets that hold prose', '[chorus] [T]', undefined, []],
    ['nothing of moves in the words of the offer', '[Pan left]', 'rotating', []],
    ['nothing of moves that both name alike', '[push in, Tilt up]', 'lateral', []],
    ['what is named otherwise', '[Static shot]', 'lateral', ['camera_translated']],
    ['moves that nobody documents', '[Push in]', undefined, ['camera_undocumented']],
    ['nothing of three moves at once', '[Push in, Shake, Zoom in]', 'rotating', []],
    ['four moves at once', '[Push in, Shake, Zoom in, Tilt up]', 'rotating', ['camera_too_many']],
    ['nothing of four moves in turn', '[Push in, Shake] [Zoom in, Tilt up]', 'rotating', []],
    [
      'two things at once',
      '[Push in, Shake, Zoom in, Pan left]',
      'lateral',
      ['camera_translated', 'camera_too_many'],
    ],
  ] as const)('tells %s', (_, prompt, camera, codes) => {
    expect(codesOf(prompt, camera)).toEqual(codes);
  });

  it('lists each translation once, in the order of the prompt', () => {
    const [warning] = cameraWarnings('[pan LEFT] a [Pan left, Truck left]', { camera: 'lateral' });

    expect(warning?.message).toMatch(/: \[Pan left\] → \[Tilt Left\], \[Truck left\] → \[Pan Left\]$/);
  });
});
