import type { CameraVocabulary, Offer } from './offer.ts';

/** What a camera does, by the physical move. To pan and to tilt is to turn; to truck is to slide sideways. */
const cameraMoves = [
  'truck_left',
  'truck_right',
  'pan_left',
  'pan_right',
  'push_in',
  'pull_out',
  'pedestal_up',
  'pedestal_down',
  'tilt_up',
  'tilt_down',
  'zoom_in',
  'zoom_out',
  'shake',
  'follow',
  'static',
] as const;
export type CameraMove = (typeof cameraMoves)[number];

/**
 * The word of each vocabulary for each move, from the documents of the origin and of its reseller. Both know
 * `Pan left` and mean different moves by it.
 */
const words: Readonly<Record<CameraMove, Readonly<Record<CameraVocabulary, string>>>> = {
  truck_left: { rotating: 'Truck left', lateral: 'Pan Left' },
  truck_right: { rotating: 'Truck right', lateral: 'Pan Right' },
  pan_left: { rotating: 'Pan left', lateral: 'Tilt Left' },
  pan_right: { rotating: 'Pan right', lateral: 'Tilt Right' },
  push_in: { rotating: 'Push in', lateral: 'Push In' },
  pull_out: { rotating: 'Pull out', lateral: 'Pull Out' },
  pedestal_up: { rotating: 'Pedestal up', lateral: 'Ascend' },
  pedestal_down: { rotating: 'Pedestal down', lateral: 'Descend' },
  tilt_up: { rotating: 'Tilt up', lateral: 'Tilt Up' },
  tilt_down: { rotating: 'Tilt down', lateral: 'Tilt Down' },
  zoom_in: { rotating: 'Zoom in', lateral: 'Zoom In' },
  zoom_out: { rotating: 'Zoom out', lateral: 'Zoom Out' },
  shake: { rotating: 'Shake', lateral: 'Shake' },
  follow: { rotating: 'Tracking shot', lateral: 'Follow' },
  static: { rotating: 'Static shot', lateral: 'Fixed' },
};

/** The vocabulary in which the prompts of our own API are read. */
const ownVocabulary = 'rotating';

/** The moves of each bracket in the order of the text. A bracket without any is prose, and left out. */
export function readCameraMoves(
  prompt: string,
  vocabulary: CameraVocabulary = ownVocabulary,
): CameraMove[][] {
  const brackets = [...prompt.matchAll(bracket)].map(([, text = '']) =>
    text.split(',').flatMap((part) => readMove(part, vocabulary) ?? []),
  );
  return brackets.filter((moves) => moves.length > 0);
}

/** The words for a move that a prompt of ours and one for `vocabulary` hold; absent where they are the same. */
export function translationOf(
  move: CameraMove,
  vocabulary: CameraVocabulary,
): { readonly from: string; readonly to: string } | undefined {
  const [from, to] = [words[move][ownVocabulary], words[move][vocabulary]];
  return from.toLowerCase() === to.toLowerCase() ? undefined : { from, to };
}

/** A prompt of ours as the offer understands it: only moves that it names otherwise are changed. */
export function promptFor({ camera }: Pick<Offer, 'camera'>, prompt: string): string {
  return camera === undefined ? prompt : translate(prompt, { from: ownVocabulary, to: camera });
}

/** A prompt that was written in `vocabulary`, in the words of our own API: only moves that it names otherwise are changed. */
export function promptFrom(vocabulary: CameraVocabulary, prompt: string): string {
  return translate(prompt, { from: vocabulary, to: ownVocabulary });
}

const bracket = /\[([^[\]]*)\]/g;
/** One instruction inside a bracket, without the space around it. */
const part = /[^[\],\s](?:[^[\],]*[^[\],\s])?/g;

interface Translation {
  readonly from: CameraVocabulary;
  readonly to: CameraVocabulary;
}

function translate(prompt: string, translation: Translation): string {
  return prompt.replace(bracket, (text) => text.replace(part, (given) => translatePart(given, translation)));
}

function translatePart(text: string, { from, to }: Translation): string {
  const move = readMove(text, from);
  if (move === undefined) return text;
  const [given, wanted] = [words[move][from], words[move][to]];
  return given.toLowerCase() === wanted.toLowerCase() ? text : wanted;
}

function readMove(text: string, vocabulary: CameraVocabulary): CameraMove | undefined {
  const wanted = text.trim().replace(/\s+/g, ' ').toLowerCase();
  return cameraMoves.find((move) => words[move][vocabulary].toLowerCase() === wanted);
}
