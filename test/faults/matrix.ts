/** docs/faults.md as data: the rows whose fault happens to one request of any kind. */
import {
  AB,
  ALL,
  APPLIED,
  answers,
  type Cell,
  GET,
  GET_ONLY,
  happens,
  NOT_KEPT,
  none,
  type Row,
  RS,
  SK,
  ST,
  stores,
  throws,
  VF,
} from './cells.ts';
import { neverAnswers } from './lab.ts';
import type { CallClass } from './worlds.ts';

const html = '<html><body><h1>502 Bad Gateway</h1></body></html>';
const error = (code: number, message: string, errors: readonly string[] = []) => ({
  error: { code, message, errors },
});
const limited = error(2020, 'Rate Limit Exceeded');
const all = (cell: Cell): Record<CallClass, Cell> => ({
  read: cell,
  create: cell,
  update: cell,
  delete: cell,
  enable: cell,
});
const LATER = { everyPage: false };
const LOST = { committed: true };
const REMOTE = { read: 7, write: 6 };

export const MATRIX: readonly Row[] = [
  {
    id: 'F01',
    title: '429 with ratelimit-reset',
    reason: 'rate_limited',
    cells: all(RS(10)),
    variants: answers('reset 7', { status: 429, body: limited, headers: { 'ratelimit-reset': '7' } }),
    exit: REMOTE,
    gap: [7_000, 8_500],
  },
  {
    id: 'F02',
    title: '429 without headers',
    reason: 'rate_limited',
    cells: all(RS(5)),
    variants: answers('JSON', { status: 429, body: limited }),
    exit: REMOTE,
    gap: [1_000, 30_000],
  },
  {
    id: 'F03',
    title: '429 with a page or nothing',
    reason: 'rate_limited',
    cells: all(RS(5)),
    variants: [
      ...answers('HTML', { status: 429, body: html, contentType: 'text/html' }),
      ...answers('empty', { status: 429, body: '' }, LATER),
    ],
    exit: REMOTE,
    gap: [1_000, 30_000],
  },
  {
    id: 'F04',
    title: '429 with a ratelimit-reset of no use',
    reason: 'rate_limited',
    cells: all(RS(5)),
    variants: ['-1', '0', '3.7', 'abc', '20, 30', ''].flatMap((reset, index) =>
      answers(
        `reset ${JSON.stringify(reset)}`,
        { status: 429, body: limited, headers: { 'ratelimit-reset': reset } },
        { everyPage: false, classes: index === 0 ? ALL : ['read', 'create'] },
      ),
    ),
    exit: REMOTE,
    gap: [1_000, 30_000],
  },
  {
    id: 'F05',
    title: '500',
    reason: 'server_error',
    cells: { ...all(RS(3)), read: RS(4), create: VF },
    variants: answers('500', { status: 500, body: error(2000, 'Internal Server Error') }, LOST),
    exit: REMOTE,
  },
  {
    id: 'F06',
    title: 'a gateway failed',
    reason: 'server_error',
    cells: { ...all(RS(3)), read: RS(4), create: VF },
    variants: [
      ...answers('502', { status: 502, body: html, contentType: 'text/html' }, LOST),
      ...answers('504', { status: 504, body: html, contentType: 'text/html' }, { ...LOST, ...LATER }),
    ],
    exit: REMOTE,
  },
  {
    id: 'F07',
    title: '503 with Retry-After',
    reason: 'server_error',
    cells: { ...all(RS(3)), read: RS(4), create: VF },
    variants: [
      ...answers('seconds', { status: 503, headers: { 'retry-after': '20' } }, LOST),
      ...answers(
        'a date, against the date of the answer',
        {
          status: 503,
          headers: {
            date: 'Thu, 01 Jan 2015 00:00:00 GMT',
            'retry-after': 'Thu, 01 Jan 2015 00:00:20 GMT',
          },
        },
        LATER,
      ),
      ...answers(
        'a past date',
        {
          status: 503,
          headers: {
            date: 'Thu, 01 Jan 2015 00:00:20 GMT',
            'retry-after': 'Thu, 01 Jan 2015 00:00:00 GMT',
          },
        },
        LATER,
      ),
      ...answers('forever', { status: 503, headers: { 'retry-after': '86400' } }, LATER),
      ...answers('garbage', { status: 503, headers: { 'retry-after': 'soon' } }, LATER),
    ],
    exit: REMOTE,
  },
  {
    id: 'F08',
    title: '408: took too long',
    reason: 'timeout',
    cells: { ...all(RS(2)), read: RS(3), create: VF },
    variants: answers('408', { status: 408, body: error(2016, 'Request Timeout') }, LOST),
    exit: REMOTE,
  },
  {
    id: 'F09',
    title: 'no connection',
    reason: 'network',
    cells: all(RS(4)),
    variants: [throws('ECONNREFUSED'), throws('EHOSTUNREACH', false)],
    exit: REMOTE,
  },
  {
    id: 'F10',
    title: 'no such name',
    reason: 'dns',
    cells: all(RS(1)),
    variants: [throws('ENOTFOUND')],
    exit: REMOTE,
  },
  {
    id: 'F10',
    title: 'no name for now',
    reason: 'dns',
    cells: all(RS(3)),
    variants: [throws('EAI_AGAIN')],
    exit: REMOTE,
  },
  {
    id: 'F11',
    title: 'TLS',
    reason: 'tls',
    cells: { ...all(ST), read: AB },
    variants: [
      throws('DEPTH_ZERO_SELF_SIGNED_CERT'),
      throws('CERT_HAS_EXPIRED', false),
      throws('ERR_TLS_CERT_ALTNAME_INVALID', false),
      throws('ERR_SSL_WRONG_VERSION_NUMBER', false),
    ],
    exit: REMOTE,
  },
  {
    id: 'F12',
    title: 'the connection breaks before the server reads',
    reason: 'lost_response',
    cells: { ...all(RS(3)), read: RS(4), create: VF },
    variants: [
      happens('RST', false, (match, times) => [{ action: 'reset', phase: 'before-read', match, times }]),
    ],
    exit: REMOTE,
  },
  {
    id: 'F13',
    title: 'the answer is lost',
    reason: 'lost_response',
    cells: { ...all(RS(3)), read: RS(4), create: VF },
    variants: [
      happens(
        'RST after the commit',
        true,
        (match, times) => [{ action: 'reset', phase: 'after-commit', match, times }],
        ALL,
      ),
    ],
    exit: REMOTE,
  },
  {
    id: 'F15',
    title: 'a stale connection',
    reason: 'lost_response',
    cells: { ...all(RS(3)), read: RS(4), create: VF },
    variants: [throws('UND_ERR_SOCKET')],
    exit: REMOTE,
  },
  {
    id: 'F16',
    title: 'no answer in time',
    reason: 'timeout',
    cells: { ...all(RS(2)), create: VF },
    variants: [
      happens('no headers', false, (match, times) =>
        neverAnswers('hang', { match, times, phase: 'before-commit' }),
      ),
      happens('no headers', true, (match, times) =>
        neverAnswers('hang', { match, times, phase: 'after-commit' }),
      ),
      happens(
        'a body that drips',
        false,
        (match, times) => neverAnswers('drip', { match, times, phase: 'before-commit' }),
        // A DELETE with a good status needs no body.
        ['read', 'create', 'update', 'enable'],
      ),
      {
        ...happens(
          'a body that drips',
          true,
          (match, times) => neverAnswers('drip', { match, times, phase: 'after-commit' }),
          ['create', 'update', 'enable'],
        ),
        says: true,
      },
    ],
    exit: REMOTE,
  },
  {
    id: 'F17',
    title: 'a body that ends early',
    reason: 'bad_body',
    cells: { read: RS(3), create: VF, update: GET, delete: APPLIED, enable: GET },
    variants: [
      ...(['length', 'close', 'chunk'] as const).map((cut) =>
        happens(
          cut,
          true,
          (match, times) => [{ action: 'truncate', cut, match, times }],
          ALL,
          cut === 'length',
        ),
      ),
      happens(
        'RST in the middle of the body',
        true,
        (match, times) => [{ action: 'reset', phase: 'mid-body', match, times }],
        ['create', 'update', 'enable'],
      ),
      ...answers(
        'half a document',
        { status: 200, body: '{"extension":', contentType: 'application/json' },
        { classes: ['create', 'update', 'enable'] },
      ),
    ],
    exit: REMOTE,
  },
  {
    id: 'F18',
    title: 'a page instead of JSON',
    reason: 'proxy',
    cells: { ...all(GET), read: RS(1), create: VF },
    variants: answers('200 text/html', { status: 200, body: html, contentType: 'text/html' }, LOST),
    exit: REMOTE,
  },
  {
    id: 'F19',
    title: 'JSON of another shape',
    reason: 'contract',
    cells: {
      read: AB,
      create: VF,
      update: GET_ONLY,
      delete: none('a DELETE has no body'),
      enable: GET_ONLY,
    },
    variants: [
      ...answers('nothing of it', { status: 200, body: { hello: 'world' } }, LOST),
      ...answers('an array', { status: 200, body: [] }, { ...LOST, ...LATER }),
      ...answers(
        'an invalid id',
        { status: 200, body: { extension: { id: '../users', type: 'webhook' } } },
        { ...LOST, classes: ['create', 'update', 'enable'] },
      ),
    ],
    exit: REMOTE,
  },
  {
    id: 'F19',
    title: 'a success about something else',
    reason: 'contract',
    cells: {
      read: none('the lists have no single answer'),
      // I10: a success with an id is never followed by another POST.
      create: GET_ONLY,
      update: GET_ONLY,
      delete: none('a DELETE has no body'),
      enable: GET_ONLY,
    },
    variants: [
      ...answers(
        'another action',
        {
          status: 200,
          body: {
            extension: {
              id: 'PFOREI1',
              type: 'webhook',
              name: 'Foreign',
              endpoint_url: 'https://vendor.example.com/',
              extension_schema: { id: 'PCUSTOM' },
              extension_objects: [{ id: 'PFOREIGN' }],
              config: { headers: null },
            },
          },
        },
        { ...LOST, classes: ['create', 'update', 'enable'] },
      ),
    ],
    exit: REMOTE,
  },
  {
    id: 'F20',
    title: '401',
    reason: 'unauthorized',
    cells: { ...all(ST), read: AB },
    variants: answers('401', { status: 401, body: html, contentType: 'text/html' }),
    exit: { read: 5, write: 5 },
  },
  {
    id: 'F21',
    title: '403',
    reason: 'forbidden',
    cells: { ...all(SK), read: AB },
    variants: [
      ...answers('403', { status: 403, body: error(2010, 'Access Denied') }),
      ...answers(
        'a missing scope',
        {
          status: 403,
          body: {
            error: { message: 'Token missing required scopes', code: 2010 },
            required_scopes: ['extensions.write'],
          },
        },
        LATER,
      ),
    ],
    exit: { read: 5, write: 6 },
  },
  {
    id: 'F22',
    title: '402',
    reason: 'ability',
    cells: { ...all(ST), read: AB },
    variants: answers('402', {
      status: 402,
      body: error(2014, 'Account Abilities Required', ['extensions']),
    }),
    exit: { read: 5, write: 5 },
  },
  {
    id: 'F25',
    title: '400',
    reason: 'invalid',
    cells: { ...all(SK), read: AB },
    // Sent again without `include[]`, which the description does not allow there (fact 9).
    listOfActions: RS(1),
    variants: answers('2001', {
      status: 400,
      // The server echoes the request, secret included, and adds an escape sequence.
      body: error(2001, 'Invalid Input Provided', ['hs3c+r3t/canaryHeader==8Kq2 is bad', '\u001b[2Jgone']),
    }),
    exit: REMOTE,
  },
  {
    id: 'F26',
    title: 'a conflict',
    reason: 'conflict',
    cells: all(RS(5)),
    variants: [
      ...answers('409', { status: 409, body: error(2009, 'Conflict') }),
      ...answers('1005', { status: 400, body: error(1005, 'Try again') }, LATER),
    ],
    exit: REMOTE,
    gap: [1_000, 30_000],
  },
  {
    id: 'F48',
    title: 'answered as done, and not kept',
    reason: null,
    cells: { ...all(NOT_KEPT), read: none('nothing is written') },
    variants: [stores('an echo', { writes: 'echoed' })],
    exit: REMOTE,
  },
  {
    id: 'F51',
    title: 'the account lock',
    reason: 'conflict',
    cells: all(RS(5)),
    variants: answers('400', {
      status: 400,
      body: error(2001, 'Unable to perform request at this time. account could not be locked'),
    }),
    exit: REMOTE,
    gap: [1_000, 30_000],
  },
  {
    id: 'F31',
    title: 'a success without a body',
    reason: 'bad_body',
    cells: { read: RS(1), create: VF, update: GET, delete: APPLIED, enable: GET },
    variants: [
      ...answers(
        '200',
        { status: 200, body: '' },
        { ...LOST, classes: ['read', 'create', 'update', 'enable'] },
      ),
      ...answers(
        '204',
        { status: 204, body: '' },
        { ...LOST, ...LATER, classes: ['create', 'update', 'enable'] },
      ),
      happens(
        '200 for a DELETE',
        true,
        (match, times) => [{ action: 'status', status: 200, body: '', phase: 'after-commit', match, times }],
        ['delete'],
      ),
    ],
    exit: REMOTE,
  },
  {
    id: 'F32',
    title: 'a huge body',
    reason: 'bad_body',
    cells: { read: AB, create: VF, update: GET_ONLY, delete: APPLIED, enable: GET_ONLY },
    variants: [
      happens(
        'a bomb',
        true,
        (match, times) => [{ action: 'gzip-bomb', megabytes: 12, phase: 'after-commit', match, times }],
        ALL,
        false,
      ),
    ],
    exit: REMOTE,
  },
  {
    id: 'F33',
    title: 'a redirect',
    reason: 'redirect',
    cells: { ...all(ST), read: AB },
    variants: ([301, 302, 303, 307, 308] as const).map((status) =>
      happens(
        `${status} to another host`,
        false,
        (match, times) => [
          { action: 'redirect', status, location: 'https://canary.example.com/elsewhere?x=y', match, times },
        ],
        ALL,
        status === 307,
      ),
    ),
    exit: REMOTE,
  },
  {
    id: 'F43',
    title: 'a proxy wants a login',
    reason: 'proxy',
    cells: { ...all(ST), read: RS(1) },
    variants: answers('407', { status: 407, body: html, contentType: 'text/html' }),
    exit: REMOTE,
  },
];
