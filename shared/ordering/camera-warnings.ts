import { type CameraMove, readCameraMoves, translationOf } from '../domain/camera-moves.ts';
import type { CameraVocabulary, Offer } from '../domain/offer.ts';

/** Something that a customer should know of a video, and that kept nobody from making it. */
interface Warning {
  readonly code: 'camera_translated' | 'camera_too_many' | 'camera_undocumented';
  readonly message: string;
}

/** What the maker of the model recommends for one bracket. */
const maxMovesInBracket = 3;

/** What becomes of the camera moves of a prompt at an offer. */
export function cameraWarnings(prompt: string, { camera }: Pick<Offer, 'camera'>): Warning[] {
  const brackets = readCameraMoves(prompt);
  if (brackets.length === 0) return [];
  const most = Math.max(...brackets.map((moves) => moves.length));
  return [
    ...(camera === undefined ? [undocumented] : translated(brackets, camera)),
    ...(most > maxMovesInBracket ? [tooMany(most)] : []),
  ];
}

const undocumented: Warning = {
  code: 'camera_undocumented',
  message:
    'No camera moves are documented for this model at its provider; the brackets were sent as they are',
};

function translated(brackets: readonly (readonly CameraMove[])[], camera: CameraVocabulary): Warning[] {
  const changes = [...new Set(brackets.flat())].flatMap((move) => translationOf(move, camera) ?? []);
  if (changes.length === 0) return [];
  const list = changes.map(({ from, to }) => `[${from}] → [${to}]`).join(', ');
  return [{ code: 'camera_translated', message: `The provider names camera moves otherwise: ${list}` }];
}

function tooMany(moves: number): Warning {
  const message = `A bracket holds ${moves} camera moves; more than ${maxMovesInBracket} at once are not recommended`;
  return { code: 'camera_too_many', message };
}
