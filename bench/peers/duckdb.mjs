// DuckDB as a peer of bench_store.py: node duckdb.mjs load CSV STORE | ask STORE FROM TO WIDTH TOP ROUNDS
//
// load: a native table in the order of time, as it would be ingested, from the text of store_rows;
//       checkpointed. ask: the table of sums as JSON, with the seconds of each round.
import { createRequire } from 'node:module';
import { statSync } from 'node:fs';

const require = createRequire(process.env.STS_BENCH_NODE + '/');
const { DuckDBInstance } = require('@duckdb/node-api');
const now = () => Number(process.hrtime.bigint()) / 1e9;
const THREADS = { threads: '2' };

async function load(csv, store) {
  const begin = now();
  const connection = await (await DuckDBInstance.create(store, THREADS)).connect();
  await connection.run(`create table rows (begin_s integer, process integer, function integer,
    ncalls bigint, pcalls bigint, tottime_ns bigint, cumtime_ns bigint)`);
  await connection.run(`copy rows from '${csv}' (format csv, header false)`);
  await connection.run('checkpoint');
  console.log(JSON.stringify({ seconds: now() - begin, bytes: statSync(store).size }));
}

const query = (from, to, width, top) => `
  with sums as (
    select begin_s // ${width} * ${width} as slice, function, sum(cumtime_ns) as cumtime_ns
    from rows where begin_s >= ${from} and begin_s < ${to} group by all),
  top as (select function from sums group by function order by sum(cumtime_ns) desc, function limit ${top})
  select slice, coalesce(top.function, -1) as function, sum(cumtime_ns)::bigint as cumtime_ns
  from sums left join top using (function) group by all order by all`;

async function ask(store, from, to, width, top, rounds) {
  const connection = await (await DuckDBInstance.create(store, { ...THREADS, access_mode: 'READ_ONLY' })).connect();
  const seconds = [];
  let table;
  for (let round = 0; round < rounds; round++) {
    const begin = now();
    table = (await connection.runAndReadAll(query(from, to, width, top))).getRows();
    seconds.push(now() - begin);
  }
  console.log(JSON.stringify({ seconds, table: table.map((row) => row.map(String)) }));
}

const [verb, ...words] = process.argv.slice(2);
await { load, ask }[verb](...words);
