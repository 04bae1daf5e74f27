// Loaded before every test file: pdjs requires `cross-fetch` by itself, where no bundler can replace it with our fetch.
import crossFetch from 'cross-fetch';
import fc from 'fast-check';
import pdFetch from '../src/pagerduty/http/fetch.ts';
import './helpers/stretches.ts';

Object.assign(crossFetch, { default: pdFetch });

// The same seed for all, so that failures are reproducible; a nightly run uses another one. fast-check prints it.
fc.configureGlobal({ seed: Number(process.env.PDACTIONS_SEED ?? 20_261_123) });
