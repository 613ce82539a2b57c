import { describe, expect, it } from 'vitest';
import { loadDoors } from '../../../shared/providers/doors.ts';

type Variables = Parameters<typeof loadDoors>[0];

/** The canonical prompt of an order at Cloudsway's path `endpointPath`. */
function promptAt(endpointPath: string, prompt: string, variables: Variables) {
  const door = loadDoors(variables).find(({ provider }) => provider === 'cloudsway');
  const route = door?.routes.find(({ kind }) => kind === 'order');
  const schema = route?.kind === 'order' ? route.schema({ parameters: { endpointPath } }) : undefined;
  return schema?.parse({ prompt }).fields['prompt'];
}

describe('loadDoors', () => {
  it.each([
    [{}, '[Truck left] [Static shot]'],
    [{ CONCH_CAMERA_MOVES: 'passthrough' }, '[Pan Left] [Fixed]'],
  ])("with %j reads a director's camera moves as %s", (variables, expected) => {
    expect(promptAt('t2v_director', '[Pan Left] [Fixed]', variables)).toBe(expected);
  });

  it.each(['CLOUDSWAY_ENDPOINT_PATHS', 'HAIPER_ENDPOINT_PATH'])(
    'throws an error that names %s when it is wrong',
    (name) => {
      expect(() => loadDoors({ [name]: '/wrong' })).toThrow(name);
    },
  );

  it('has no path of a provider at two of its doors: a key could not tell them apart', () => {
    const places = loadDoors({}).flatMap(({ provider, routes }) =>
      routes.map(({ method, path }) => `${provider} ${method} ${path}`),
    );

    expect(places.filter((place, index) => places.indexOf(place) < index)).toEqual([]);
  });

  it("serves an operator's path of several segments by routes of their own", () => {
    const doors = loadDoors({ HAIPER_ENDPOINT_PATH: 'team/films' });
    const paths = doors.flatMap(({ provider, routes }) =>
      provider === 'haiper' ? routes.map(({ path }) => path) : [],
    );

    expect(paths).toEqual(
      expect.arrayContaining([
        '/v1/ai/{endpointPath}/video/generate',
        '/v1/ai/team/films/video/generate',
        '/v1/ai/team/films/video/tasks/{taskId}',
      ]),
    );
  });
});
