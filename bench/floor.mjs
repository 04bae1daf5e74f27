/**
 * The least that a run can cost: the requests in the file, sent by Node's own client over kept connections, at most IN-FLIGHT at
 * a time, each answer parsed and held. `floor.mjs FILE-OF-PATHS IN-FLIGHT`, with the address and the token in the environment.
 */
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';

const [file, inFlight] = process.argv.slice(2);
const { PAGERDUTY_API_URL: base, PAGERDUTY_TOKEN: token } = process.env;
const agent = new Agent({ keepAlive: true });
const headers = {
  accept: 'application/vnd.pagerduty+json;version=2',
  authorization: `Token token=${token}`,
};
const queue = JSON.parse(readFileSync(file, 'utf8')).values();
const answers = [];

async function work() {
  for (const path of queue) answers.push(JSON.parse(await read(`${base}${path}`)));
}

function read(url) {
  return new Promise((done, fail) => {
    get(url, { agent, headers }, (answer) => {
      if (answer.statusCode !== 200) fail(new Error(`${url}: ${answer.statusCode}`));
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => done(Buffer.concat(chunks).toString()));
    }).on('error', fail);
  });
}

await Promise.all(Array.from({ length: Number(inFlight) }, work));
agent.destroy();
