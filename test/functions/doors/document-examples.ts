import type { Task } from '../../../shared/domain/task.ts';

/** A call that a document shows: a POST where it has a body, else a GET. */
export interface RequestExample {
  /** Where it begins in the text of the document. */
  readonly line: number;
  /** With our endpoint key, and `{taskId}` and `{fileId}` for what earlier answers named. */
  readonly path: string;
  /** The fixture that has its body. */
  readonly body?: string;
  /** A field whose URL leads to a file, and the path of one that the tests serve. */
  readonly media?: readonly [field: string, path: string];
  /** The header of the key, where it is no bearer's. */
  readonly keyHeader?: string;
  /** Which order of the same document is looked at. */
  readonly looksAt?: string;
}

/** What a document shows as the answer to one of its calls, or as a callback. */
export interface ResponseExample {
  readonly line: number;
  readonly fixture: string;
  /** The name of the call; of a callback, of the order that is told of. */
  readonly to: string;
  /** 200 where absent. */
  readonly status?: number;
  /** Where what is shown is the answer to the call with these words in the place of others. */
  readonly replacing?: readonly [words: string, others: string];
  /** How the order has ended that is shown; it has not begun where absent. */
  readonly ended?: keyof typeof endings;
  /** The message of the contract, where it is a callback. */
  readonly callback?: string;
}

interface DocumentExamples {
  /** Whose document it is. */
  readonly provider: string;
  readonly requests: Readonly<Record<string, RequestExample>>;
  readonly responses: Readonly<Record<string, ResponseExample>>;
}

const times = { createdAt: '2026-03-02T10:00:00.000Z', completedAt: '2026-03-02T10:01:38.000Z' };

export const endings = {
  completed: {
    state: 'completed',
    result: { key: 'videos/a.mp4', bytes: 8, sha256: 'f'.repeat(64), width: 1280, height: 720 },
    ...times,
    expiresAt: '2999-01-01T00:00:00.000Z',
  },
  failed: {
    state: 'failed',
    failure: {
      code: 'content_rejected',
      message: 'Content does not meet safety guidelines',
      charged: 'no',
    },
    ...times,
  },
} as const satisfies Record<string, Partial<Task>>;

const image = '/600x400.png';
const film = '/film.mp4';

const piapi: DocumentExamples = {
  provider: 'piapi',
  requests: {
    create: {
      line: 155,
      path: '/api/v1/task',
      body: 'piapi/create-document-example',
      media: ['image_url', image],
      keyHeader: 'x-api-key',
    },
  },
  // The document shows no answer.
  responses: {},
};

/** The same page gives each model's call and answer one after the other. */
function cloudswayOrder(line: number, key: string, field?: string): RequestExample {
  return {
    line,
    path: `/v1/ai/${key}/hailuo/video/generate`,
    body: `cloudsway/create-${key}`,
    ...(field !== undefined && { media: [field, image] }),
  };
}

const cloudsway: DocumentExamples = {
  provider: 'cloudsway',
  requests: {
    'the base path of the table': {
      line: 10,
      path: '/v2/ai/t2v/hailuo/video/generate',
      body: 'cloudsway/create-t2v',
    },
    i2v: cloudswayOrder(36, 'i2v', 'firstFrameImage'),
    t2v: cloudswayOrder(70, 't2v'),
    i2v_live: cloudswayOrder(104, 'i2v_live', 'firstFrameImage'),
    i2v_director: cloudswayOrder(138, 'i2v_director', 'firstFrameImage'),
    'moves in a prompt': {
      // Line 129 shows the same prompt for the video from an image.
      line: 163,
      path: '/v1/ai/t2v_director/hailuo/video/generate',
      body: 'cloudsway/document-moves',
    },
    t2v_director: cloudswayOrder(172, 't2v_director'),
    s2v: cloudswayOrder(208, 's2v', 'image'),
    task: { line: 246, path: '/v1/ai/t2v/hailuo/video/task/{taskId}', looksAt: 't2v' },
    file: {
      line: 281,
      path: '/v1/ai/t2v/hailuo/video/file?taskId={taskId}&fileId={fileId}',
      looksAt: 't2v',
    },
  },
  responses: {
    'i2v, created': { line: 45, fixture: 'cloudsway/created', to: 'i2v' },
    't2v, created': { line: 79, fixture: 'cloudsway/created', to: 't2v' },
    'i2v_live, created': { line: 113, fixture: 'cloudsway/created', to: 'i2v_live' },
    'i2v_director, created': { line: 147, fixture: 'cloudsway/created', to: 'i2v_director' },
    't2v_director, created': { line: 181, fixture: 'cloudsway/created', to: 't2v_director' },
    's2v, created': { line: 223, fixture: 'cloudsway/created', to: 's2v' },
    'task, preparing': { line: 249, fixture: 'cloudsway/task-preparing', to: 'task' },
    file: { line: 284, fixture: 'cloudsway/file-document', to: 'file', ended: 'completed' },
  },
};

/** In the same document as Cloudsway's own. The examples of its tables are what the calls have. */
const haiper: DocumentExamples = {
  provider: 'haiper',
  requests: {
    generate: {
      line: 329,
      path: '/v1/ai/haiper/video/generate',
      body: 'haiper/generate-document-example',
      media: ['sourceImage', image],
    },
    upscale: {
      line: 369,
      path: '/v1/ai/haiper/video/upscale',
      body: 'haiper/upscale-document-example',
      media: ['sourceVideo', film],
    },
    extend: {
      line: 408,
      path: '/v1/ai/haiper/video/extend',
      body: 'haiper/extend-document-example',
      media: ['sourceVideo', film],
    },
    task: { line: 451, path: '/v1/ai/haiper/video/tasks/{taskId}', looksAt: 'generate' },
  },
  responses: {
    'generate, created': { line: 345, fixture: 'haiper/created', to: 'generate' },
    'upscale, created': { line: 378, fixture: 'haiper/created', to: 'upscale' },
    'extend, created': { line: 424, fixture: 'haiper/created', to: 'extend' },
    'task, success': {
      line: 454,
      fixture: 'haiper/task-success-document-example',
      to: 'task',
      ended: 'completed',
    },
  },
};

function apixoOrder(line: number, name: string): RequestExample {
  return {
    line,
    path: '/api/v1/generateTask/hailuo-2-3-fast',
    body: `apixo/create-document-${name}`,
    media: ['image_urls', image],
  };
}

const apixo: DocumentExamples = {
  provider: 'apixo',
  requests: {
    'the request body': apixoOrder(16, 'body'),
    standard: apixoOrder(65, 'standard'),
    pro: apixoOrder(79, 'pro'),
    status: {
      line: 115,
      path: '/api/v1/statusTask/hailuo-2-3-fast?taskId={taskId}',
      looksAt: 'standard',
    },
  },
  responses: {
    created: { line: 98, fixture: 'apixo/created', to: 'standard' },
    'created, error': {
      line: 106,
      fixture: 'apixo/refused',
      to: 'standard',
      status: 400,
      // "Sending text-to-video modes returns `Invalid mode type`."
      replacing: ['standard-text-to-video', 'standard-image-to-video'],
    },
    'status, success': { line: 118, fixture: 'apixo/status-success', to: 'status', ended: 'completed' },
    'status, failed': { line: 131, fixture: 'apixo/status-failed', to: 'status', ended: 'failed' },
  },
};

const kie: DocumentExamples = {
  provider: 'kie',
  requests: {
    'text to video': { line: 18, path: '/api/v1/hailuo/generate', body: 'kie/create-document-t2v' },
    'image to video': {
      line: 31,
      path: '/api/v1/hailuo/generate',
      body: 'kie/create-document-i2v',
      media: ['imageUrl', image],
    },
    record: { line: 71, path: '/api/v1/hailuo/record-info?taskId={taskId}', looksAt: 'image to video' },
  },
  responses: {
    created: { line: 57, fixture: 'kie/created-document', to: 'image to video' },
    'record, success': {
      line: 77,
      fixture: 'kie/record-success-document',
      to: 'record',
      ended: 'completed',
    },
    callback: {
      line: 135,
      fixture: 'kie/callback-document',
      to: 'image to video',
      ended: 'completed',
      callback: 'kie.callback',
    },
  },
};

/** The examples of its fields are what the one body has. */
const apikley: DocumentExamples = {
  provider: 'apikley',
  requests: {
    create: { line: 96, path: '/api/v1/jobs/createTask', body: 'apikley/create-document-example' },
  },
  responses: {
    created: { line: 125, fixture: 'apikley/created-document', to: 'create' },
  },
};

/** Every request and every response that the five documents show, in their order. */
export const documents: Readonly<Record<string, DocumentExamples>> = {
  PiAPI: piapi,
  Cloudsway: cloudsway,
  Haiper: haiper,
  Apixo: apixo,
  'KIE.ai': kie,
  Apikley: apikley,
};

interface RequestException {
  readonly reason: string;
  /** What comes instead. */
  readonly answer: { readonly status: number; readonly body: object };
}

interface ResponseException {
  readonly reason: string;
  /** What our answer has beside the fields of the example. */
  readonly more: Readonly<Record<string, unknown>>;
}

interface Exceptions {
  readonly requests: Readonly<Record<string, RequestException>>;
  readonly responses: Readonly<Record<string, ResponseException>>;
}

/** The examples that do not work as they stand, by document and name; all others do. */
export const exceptions: Exceptions = {
  requests: {
    'Cloudsway: the base path of the table': {
      reason:
        'The table has /v2/ai in its example and "the fixed path /v1/ai" in its words; every call of the document goes to /v1/ai.',
      answer: { status: 404, body: { status: 404, error: { code: 'not_found' } } },
    },
    'KIE.ai: text to video': {
      reason: '10 seconds at 1080p: "10-second videos not supported at 1080p resolution", says the document.',
      answer: { status: 400, body: { code: 1004, data: null } },
    },
  },
  responses: {
    'Cloudsway: task, preparing': {
      reason:
        'The example is in snake case, the table above it in camel case: both are there, since clients of either exist.',
      more: { taskId: '244785605570723', fileId: '', videoWidth: 0, videoHeight: 0 },
    },
    'Cloudsway: file': {
      reason: 'The table above the example has taskId too.',
      more: { taskId: '244785605570723' },
    },
  },
};

/** The examples that work as long as the document's own provider serves: what they order is sold nowhere else. */
export const ownProviderAlone: readonly string[] = [
  'Haiper: generate',
  'Haiper: upscale',
  'Haiper: extend',
  // 8 seconds of an image.
  'KIE.ai: image to video',
];
