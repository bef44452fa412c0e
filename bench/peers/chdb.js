// ClickHouse as libchdb, a peer of bench_store.py:
// node chdb.js load ROWS STORE | ask STORE FROM TO WIDTH TOP ROUNDS
//
// load: a MergeTree in the order of time, from the packed rows of store_rows.
// ask:  the table of sums as JSON, with the seconds of each round.
const { writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { Session } = createRequire(process.env.STS_BENCH_NODE + '/')('chdb');

const now = () => Number(process.hrtime.bigint()) / 1e9;
// At once: the library's threads keep the process alive, so it is left by exit().
const tell = (told) => writeFileSync(1, JSON.stringify(told) + '\n');
const COLUMNS = `begin_s UInt32, process UInt32, function UInt32,
  ncalls Int64, pcalls Int64, tottime_ns Int64, cumtime_ns Int64`;

function load(rows, store) {
  const begin = now();
  const session = new Session(store);
  session.query('create database bench engine = Atomic');
  session.query(`create table bench.rows (${COLUMNS}) engine = MergeTree order by (begin_s, function)`);
  session.query(`insert into bench.rows select * from file('${rows}', RowBinary, '${COLUMNS}')
    settings max_threads = 2, max_insert_threads = 1`);
  const seconds = now() - begin;
  session.query('optimize table bench.rows final');
  const bytes = session.query(`select sum(bytes_on_disk) from system.parts
    where active and database = 'bench'`, 'TSV');
  tell({ seconds, bytes: Number(bytes) });
}

const query = (from, to, width, top) => `
  with sums as (
    select intDiv(begin_s, ${width}) * ${width} as slice, function, sum(cumtime_ns) as sum_ns
    from bench.rows where begin_s >= ${from} and begin_s < ${to} group by slice, function),
  tops as (select function from sums group by function order by sum(sum_ns) desc, function limit ${top})
  select slice, if(function in tops, toInt64(function), -1) as f, sum(sum_ns)
  from sums group by slice, f order by slice, f settings max_threads = 2`;

function ask(store, from, to, width, top, rounds) {
  const session = new Session(store);
  const seconds = [];
  let text;
  for (let round = 0; round < rounds; round++) {
    const begin = now();
    text = session.query(query(from, to, width, top), 'TSV');
    seconds.push(now() - begin);
  }
  tell({ seconds, table: text.trim().split('\n').map((line) => line.split('\t')) });
}

const [verb, ...words] = process.argv.slice(2);
({ load, ask })[verb](...words);
process.exit(0);
