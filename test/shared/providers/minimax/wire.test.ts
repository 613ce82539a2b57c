import { describe, expect, it } from 'vitest';
import {
  challengeSchema,
  createdSchema,
  fileAnswerSchema,
  wireTaskSchema,
} from '../../../../shared/providers/minimax/wire.ts';
import { parseWireJson } from '../../../../shared/providers/wire-reading.ts';
import { listFixtures, readFixture } from '../../../support/read-fixture.ts';

const read = (name: string) => parseWireJson(readFixture(name));

describe('the wire of MiniMax', () => {
  it.each([
    ...listFixtures('minimax', 'task-'),
    'minimax/callback-processing',
    'minimax/callback-success',
    'minimax/callback-failed',
  ])('reads %s', (name) => {
    expect(wireTaskSchema.parse(read(name))).toMatchObject({
      task_id: '106916112212032',
      status: expect.any(String),
      base_resp: { status_code: expect.any(Number), status_msg: expect.any(String) },
    });
  });

  it('reads the answers to create, with an id and without', () => {
    const created = createdSchema.parse(read('minimax/created'));
    const refused = createdSchema.parse(read('minimax/refused-balance'));
    expect(created).toMatchObject({ task_id: '106916112212032', base_resp: { status_code: 0 } });
    expect(refused).toMatchObject({ task_id: undefined, base_resp: { status_code: 1008 } });
  });

  it('reads the link of a file and a challenge', () => {
    const { file } = fileAnswerSchema.parse(read('minimax/file'));
    expect(file).toEqual({ download_url: 'https://cdn.example.com/output.mp4?sig=x' });
    expect(challengeSchema.parse(read('minimax/callback-challenge'))).toEqual({ challenge: 'abc' });
  });
});
