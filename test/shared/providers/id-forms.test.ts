import { describe, expect, it } from 'vitest';
import { newTaskId } from '../../../shared/ids.ts';
import {
  decimalId,
  hailuoBase36Id,
  hexId,
  taskNumberId,
  uuidId,
  videoId,
} from '../../../shared/providers/id-forms.ts';

const forms = [
  ['decimal', decimalId, /^\d{19}$/],
  ['prefixed', taskNumberId, /^task_\d{19}$/],
  ['base 36', hailuoBase36Id, /^hailuo_[0-9a-z]{12,13}$/],
  ['our own', videoId, /^video_[0-9a-f]{16}$/],
  ['UUID', uuidId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/],
  ['UUID without hyphens', hexId, /^[0-9a-f]{12}4[0-9a-f]{3}8[0-9a-f]{15}$/],
] as const;
const ends = ['0de0b6b3a7640000', '4de0b6b3a763ffff'];
const ids = [...ends, ...Array.from({ length: 100 }, () => newTaskId('acme'))];

describe('the forms of an id', () => {
  it.each(forms)('write every id in the form %s and read it back', (_, form, pattern) => {
    for (const id of ids) {
      expect(form.toText(id)).toMatch(pattern);
      expect(form.fromText(form.toText(id))).toBe(id);
    }
  });

  it.each([
    '',
    'task_',
    '999999999999999999',
    '5611686018427387904',
    '01234567890123456789',
    'task_hailuo_-100000000000000000',
    'hailuo_zzzzzzzzzzzzz',
    'hailuo_ABCDEFGHIJKL',
    '0d7c9b1e-6a52-4f0e-8f0e-3b1b8d2f6a10',
    '0d7c9b1e6a524f0e8f0e3b1b8d2f6a10',
    'video_xyz',
  ])('find no id in %j', (text) => {
    for (const [, form] of forms) expect(form.fromText(text)).toBeUndefined();
  });

  it('reads a UUID in capitals, and none whose rest is another', () => {
    const text = uuidId.toText(ends[0] ?? '');
    expect(uuidId.fromText(text.toUpperCase())).toBe(ends[0]);
    expect(uuidId.fromText(`${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`)).toBeUndefined();
  });
});
