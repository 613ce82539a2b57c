import * as z from 'zod';
import type { DoorRequest } from '../door.ts';

/** A path that an account has bought on the host; what is not in it would lead elsewhere. */
export const endpointPathSchema = z
  .string()
  .regex(/^[\w~-]+(\/[\w~-]+)*$/, 'An endpoint path is a path segment');

/** Where a door's routes lie. */
interface EndpointPlace {
  /** What the paths of the routes begin with. */
  readonly prefix: string;
  endpointPathOf(request: DoorRequest): string | undefined;
}

const anySegment: EndpointPlace = {
  prefix: '/v1/ai/{endpointPath}',
  endpointPathOf: ({ parameters }) => parameters['endpointPath'],
};

/** Every path of one segment, known or not, so that an unknown one is refused in the dialect; and the longer ones of `paths`. */
export function endpointPlaces(paths: readonly string[]): readonly EndpointPlace[] {
  const long = [...new Set(paths)].filter((path) => path.includes('/'));
  return [anySegment, ...long.map((path) => ({ prefix: `/v1/ai/${path}`, endpointPathOf: () => path }))];
}
