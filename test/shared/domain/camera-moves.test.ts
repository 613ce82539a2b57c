import { describe, expect, it } from 'vitest';
import { promptFor, promptFrom, readCameraMoves } from '../../../shared/domain/camera-moves.ts';

/** As the two documents list them; the rows are the same moves. */
const documented = [
  ['truck_left', 'Truck left', 'Pan Left'],
  ['truck_right', 'Truck right', 'Pan Right'],
  ['pan_left', 'Pan left', 'Tilt Left'],
  ['pan_right', 'Pan right', 'Tilt Right'],
  ['push_in', 'Push in', 'Push In'],
  ['pull_out', 'Pull out', 'Pull Out'],
  ['pedestal_up', 'Pedestal up', 'Ascend'],
  ['pedestal_down', 'Pedestal down', 'Descend'],
  ['tilt_up', 'Tilt up', 'Tilt Up'],
  ['tilt_down', 'Tilt down', 'Tilt Down'],
  ['zoom_in', 'Zoom in', 'Zoom In'],
  ['zoom_out', 'Zoom out', 'Zoom Out'],
  ['shake', 'Shake', 'Shake'],
  ['follow', 'Tracking shot', 'Follow'],
  ['static', 'Static shot', 'Fixed'],
] as const;

describe('readCameraMoves', () => {
  it.each(documented)('reads %s in both vocabularies, in any case', (move, rotating, lateral) => {
    expect(readCameraMoves(`Sea [${rotating.toUpperCase()}]`, 'rotating')).toEqual([[move]]);
    expect(readCameraMoves(`Sea [${lateral.toLowerCase()}]`, 'lateral')).toEqual([[move]]);
  });

  it('reads the same words as different moves', () => {
    expect(readCameraMoves('[Pan left]', 'rotating')).toEqual([['pan_left']]);
    expect(readCameraMoves('[Pan left]', 'lateral')).toEqual([['truck_left']]);
  });

  it('reads bracket by bracket in order, and leaves prose out', () => {
    const prompt = '[Push in,  Tilt  up ] a boat [chorus] leaves [Shake, slowly] [] [T] Pan left';

    expect(readCameraMoves(prompt)).toEqual([['push_in', 'tilt_up'], ['shake']]);
  });
});

describe('promptFor', () => {
  it.each(documented)('says %s in the words of a lateral offer', (_, rotating, lateral) => {
    const isSame = rotating.toLowerCase() === lateral.toLowerCase();

    const expected = `Sea [${isSame ? rotating : lateral}]`;
    expect(promptFor({ camera: 'lateral' }, `Sea [${rotating}]`)).toBe(expected);
  });

  it.each([
    [
      'several moves in one bracket, in order',
      '[Pan left,Push in, truck right]',
      '[Tilt Left,Push in, Pan Right]',
    ],
    ['moves that stand apart', 'a [pan  left] b [Static shot]', 'a [Tilt Left] b [Fixed]'],
    ['a move beside prose', '[ Pan left , slowly]', '[ Tilt Left , slowly]'],
    ['not what it does not know', '[T] [T, T] [Pan] [] [left pan]', '[T] [T, T] [Pan] [] [left pan]'],
    ['not what stands in no bracket', 'Pan left [ Pan left', 'Pan left [ Pan left'],
    ['the inner one of nested brackets', '[a [Pan left] b]', '[a [Tilt Left] b]'],
  ])('translates %s', (_, prompt, expected) => {
    expect(promptFor({ camera: 'lateral' }, prompt)).toBe(expected);
  });

  it.each([[{}], [{ camera: 'rotating' as const }]])('leaves a prompt for %j as it is', (offer) => {
    const prompt = '[pan  LEFT] [Static shot] [Tracking shot]';

    expect(promptFor(offer, prompt)).toBe(prompt);
  });
});

describe('promptFrom', () => {
  it.each(documented)('says %s, written for %s as %s, in our words', (_, rotating, lateral) => {
    const isSame = rotating.toLowerCase() === lateral.toLowerCase();

    expect(promptFrom('lateral', `Sea [${lateral}]`)).toBe(`Sea [${isSame ? lateral : rotating}]`);
    expect(promptFrom('rotating', `Sea [${rotating}]`)).toBe(`Sea [${rotating}]`);
  });

  it('is undone by an offer of the same vocabulary', () => {
    const prompt = 'Sea [Pan Left, Ascend], then [Follow] [chorus]';

    expect(promptFor({ camera: 'lateral' }, promptFrom('lateral', prompt))).toBe(prompt);
  });
});
