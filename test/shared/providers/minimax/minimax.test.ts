import { minimax } from '../../../../shared/providers/minimax/index.ts';
import { readFixture } from '../../../support/read-fixture.ts';
import { describeProvider } from '../describe-provider.ts';

const success = readFixture('minimax/task-success');
const ok = { status_code: 0, status_msg: 'success' };

describeProvider({
  definition: minimax,
  created: (idJson) => `{"task_id":${idJson},"base_resp":{"status_code":0,"status_msg":"success"}}`,
  refused: (status_code, status_msg) =>
    JSON.stringify({ task_id: '', base_resp: { status_code, status_msg } }),
  looked: (status) => JSON.stringify({ task_id: '1', status, file_id: '', base_resp: ok }),
  words: { queued: ['Preparing', 'Queueing'], running: ['Processing'] },
  succeeded: [success, readFixture('minimax/file')],
  succeededWithoutUrl: [
    [JSON.stringify({ status: 'Success', file_id: '', base_resp: ok })],
    [JSON.stringify({ status: 'Success', file_id: ' ' })],
    [success, JSON.stringify({ file: { file_id: 1, download_url: '' }, base_resp: ok })],
    [success, JSON.stringify({ file: null, base_resp: ok })],
    [success, JSON.stringify({ base_resp: { status_code: 1013, status_msg: 'internal error' } })],
  ],
  failed: (status_msg) => JSON.stringify({ status: 'Fail', base_resp: { status_code: 1000, status_msg } }),
});
